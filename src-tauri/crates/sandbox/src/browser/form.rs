//! Reads the forms of the practice tenant's pages, and decides as the person would. No HTML parser: the pages are our own,
//! and attribute values on them are always quoted and escaped.

use super::Person;

/// A form ready to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

/// The form that this person sends, with the button pressed; `None` on a page without one.
pub(super) fn choose(page: &str, person: &Person) -> Option<Form> {
    let forms: Vec<Read> = page.split("<form ").skip(1).filter_map(Read::of).collect();
    let cancel = || press(&forms, |button| button.value == "cancel");
    let account = |upn: &str| press(&forms, |button| button.name == "account" && button.value.eq_ignore_ascii_case(upn));
    let first = || {
        let form = forms.first()?;
        Some(form.send(form.buttons.first()))
    };
    match person {
        Person::Admin => first(),
        Person::Cancels => cancel().or_else(first),
        Person::Upn(upn) => account(upn).or_else(|| typed(&forms, upn)).or_else(first),
        Person::Declines(upn) => account(upn).or_else(|| typed(&forms, upn)).or_else(cancel).or_else(first),
    }
}

struct Read {
    action: String,
    hidden: Vec<(String, String)>,
    /// Name of the first text field.
    text: Option<String>,
    buttons: Vec<Button>,
}

struct Button {
    name: String,
    value: String,
}

impl Read {
    fn of(source: &str) -> Option<Read> {
        let (opening, rest) = source.split_once('>')?;
        let inside = rest.split("</form>").next()?;
        let mut read = Read { action: attribute(opening, "action")?, hidden: Vec::new(), text: None, buttons: Vec::new() };
        for tag in inside.split('<').skip(1).filter_map(|tag| tag.split('>').next()) {
            let name = attribute(tag, "name").unwrap_or_default();
            let value = attribute(tag, "value").unwrap_or_default();
            if tag.starts_with("button") {
                read.buttons.push(Button { name, value });
            } else if tag.starts_with("input") && attribute(tag, "type").as_deref() == Some("hidden") {
                read.hidden.push((name, value));
            } else if tag.starts_with("input") {
                read.text = Some(name);
            }
        }
        Some(read)
    }

    fn send(&self, button: Option<&Button>) -> Form {
        let mut fields = self.hidden.clone();
        let pressed = button.filter(|button| !button.name.is_empty());
        fields.extend(pressed.map(|button| (button.name.clone(), button.value.clone())));
        Form { action: self.action.clone(), fields }
    }
}

fn press(forms: &[Read], wanted: impl Fn(&Button) -> bool) -> Option<Form> {
    forms.iter().find_map(|form| Some(form.send(Some(form.buttons.iter().find(|button| wanted(button))?))))
}

fn typed(forms: &[Read], upn: &str) -> Option<Form> {
    let form = forms.iter().find(|form| form.text.is_some())?;
    let mut sent = form.send(form.buttons.first());
    sent.fields.push((form.text.clone()?, upn.to_owned()));
    Some(sent)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, after) = tag.split_once(&format!(" {name}=\"")).or_else(|| {
        // The form's own attributes come without the tag's name before them.
        tag.strip_prefix(name)?.strip_prefix("=\"").map(|after| ("", after))
    })?;
    Some(plain(after.split('"').next()?))
}

fn plain(escaped: &str) -> String {
    escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<form method=\"post\" action=\"/login\"><input type=\"hidden\" name=\"flow\" value=\"a&amp;b\">\
        <button class=\"account\" name=\"account\" value=\"ada@contoso.example\">Ada</button></form>\
        <form method=\"post\" action=\"/login\"><input type=\"hidden\" name=\"flow\" value=\"2\">\
        <input id=\"other\" name=\"account\" type=\"text\" required><button>Next</button></form>\
        <form method=\"post\" action=\"/login\"><button name=\"decide\" value=\"cancel\">Cancel</button></form>";

    fn sent(person: &Person) -> Vec<(String, String)> {
        choose(PAGE, person).unwrap().fields
    }

    #[test]
    fn the_person_decides_which_form_is_sent() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let ada = vec![pair("flow", "a&b"), pair("account", "ada@contoso.example")];
        assert_eq!(sent(&Person::Admin), ada, "the first button of the first form");
        assert_eq!(sent(&Person::Upn("Ada@contoso.example".into())), ada, "the account's own button");
        let typed = vec![pair("flow", "2"), pair("account", "bo@contoso.example")];
        assert_eq!(sent(&Person::Upn("bo@contoso.example".into())), typed, "an account without a button is typed");
        assert_eq!(sent(&Person::Cancels), vec![pair("decide", "cancel")]);
        assert_eq!(choose("<p>no form</p>", &Person::Admin), None);
    }
}
