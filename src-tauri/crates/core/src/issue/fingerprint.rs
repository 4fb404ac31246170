//! The name of a group of equal errors. Addresses, ids, names, numbers and times are no part of it, so that two mailboxes with one
//! cause meet in one group, and nobody can be told from it.

use super::{Cause, Refusal, codes};
use crate::workload::Workload;

/// The group that a refusal belongs to: `graph.403.erroraccessdenied.access_policy.mail`. Where the cause doesn't say what is wrong,
/// the shape of Graph's message tells one problem from another: `graph.400.badrequest.request_wrong.m1f0c2a9e.mail`.
#[must_use]
pub fn fingerprint(cause: Cause, refusal: Refusal<'_>, workload: Workload) -> String {
    let status = refusal.http.map_or_else(|| "none".to_owned(), |status| status.to_string());
    let code = slug(refusal.code);
    let message = if cause.is_generic() { shape(refusal.message) } else { None };
    let message = message.map_or_else(String::new, |hash| format!(".m{hash:08x}"));
    format!("graph.{status}.{code}.{}{message}.{workload}", cause.name())
}

/// The group that a refused sign-in belongs to: `entra.7000222.secret_expired`.
#[must_use]
pub fn sign_in_fingerprint(cause: Cause, number: Option<u32>) -> String {
    let number = number.map_or_else(|| "none".to_owned(), |number| number.to_string());
    format!("entra.{number}.{}", cause.name())
}

/// The code as part of a name. One that the catalogue doesn't have may hold anything: only what looks like an identifier is taken.
fn slug(code: &str) -> String {
    const LONGEST: usize = 60;
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).take(LONGEST).collect::<String>().to_ascii_lowercase();
    if letters.is_empty() {
        return "no-code".to_owned();
    }
    let digits = letters.chars().filter(char::is_ascii_digit).count();
    let is_word = code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ' ')) && digits <= 3;
    if codes::is_known(code) || is_word { letters } else { "odd-code".to_owned() }
}

/// A number for the shape of a message: the words that are written small and hold nothing but letters. What is left out is whatever
/// differs from one mailbox to the next: names, addresses, ids, numbers, times, and all that is quoted.
fn shape(message: &str) -> Option<u32> {
    const MOST: usize = 24;
    let mut words = 0;
    let mut hash = FNV_OFFSET;
    let mut quoted: Option<char> = None;
    for token in message.split_whitespace() {
        let bare = token.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        if let Some(end) = quoted {
            if bare.ends_with(end) {
                quoted = None;
            }
            continue;
        }
        let open = token.trim_start_matches('(');
        if let Some(end) = open.chars().next().and_then(closing) {
            let closed = bare.trim_start_matches('(').chars().skip(1).any(|c| c == end);
            quoted = (!closed).then_some(end);
            continue;
        }
        let word = bare.trim_start_matches('(');
        let is_word = word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '\'' | '-'))
            && words < MOST;
        if is_word {
            words += 1;
            hash = word.bytes().chain([b' ']).fold(hash, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(FNV_PRIME));
        }
    }
    (words > 0).then_some(hash)
}

/// FNV-1a, which stays the same from one version of the program to the next.
const FNV_OFFSET: u32 = 0x811c_9dc5;
const FNV_PRIME: u32 = 0x0100_0193;

const fn closing(quote: char) -> Option<char> {
    match quote {
        '\'' => Some('\''),
        '"' => Some('"'),
        '`' => Some('`'),
        '“' => Some('”'),
        '‘' => Some('’'),
        '«' => Some('»'),
        '<' => Some('>'),
        '[' => Some(']'),
        '{' => Some('}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::diagnose;

    fn of(http: u16, code: &str, message: &str) -> String {
        let refusal = Refusal { http: Some(http), code, message, permitted: true };
        fingerprint(diagnose(refusal), refusal, Workload::Mail)
    }

    #[test]
    fn a_fingerprint_reads_as_what_happened() {
        assert_eq!(of(403, "ErrorAccessDenied", "Access is denied."), "graph.403.erroraccessdenied.out_of_scope.mail");
        let silent = Refusal { http: None, code: "", message: "", permitted: true };
        assert_eq!(fingerprint(Cause::NoAnswer, silent, Workload::Tasks), "graph.none.no-code.no_answer.tasks");
        assert_eq!(sign_in_fingerprint(Cause::SecretExpired, Some(7_000_222)), "entra.7000222.secret_expired");
    }

    /// Numbers that look random and are the same each time (Marsaglia's xorshift).
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
        }

        fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
            from[self.roll(from.len())]
        }

        /// Something that belongs to one person or one moment.
        fn personal(&mut self) -> String {
            const GIVEN: [&str; 6] = ["Ada", "Bo", "Chidi", "Éva", "Søren", "王小明"];
            const FAMILY: [&str; 5] = ["Lovelace", "Brandt", "O'Neil", "Nagy-Kiss", "Ångström"];
            let (given, family) = (self.pick(&GIVEN), self.pick(&FAMILY));
            match self.roll(9) {
                0 => format!("{}.{}@contoso.example", given.to_lowercase(), family.to_lowercase()),
                1 => format!("<{given}{}@mail.contoso.example>", self.roll(900)),
                2 => uuid::Uuid::from_u128(u128::from(self.0) << 64 | 0xfeed_beef).to_string(),
                3 => format!("{{{}}}", uuid::Uuid::from_u128(u128::from(self.0) << 64 | 7)),
                4 => format!("2026-11-{:02}T{:02}:14:15.926Z", 1 + self.roll(28), self.roll(24)),
                5 => (1 + self.roll(100_000)).to_string(),
                6 => format!("'{given} {family}'"),
                7 => format!("{given} {family}"),
                _ => format!("/o=Contoso/cn=Recipients/cn={given}{}", self.roll(99)),
            }
        }
    }

    const MESSAGES: [&str; 6] = [
        "The mailbox of # is held by the retention service since # and can't be opened.",
        "# is not allowed to open the store #.",
        "Property # is not valid for # (request #).",
        "The filter is too wide for # at #, narrow it.",
        "",
        "# # #",
    ];
    const CODES: [(u16, &str); 6] =
        [(403, "ErrorTomorrow"), (403, ""), (400, "BadRequest"), (404, "ErrorSomethingNew"), (409, "conflict"), (418, "")];

    #[test]
    fn equal_errors_of_different_people_meet_in_one_group_and_no_group_names_anybody() {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        for _ in 0..4_000 {
            let (http, code) = CODES[dice.roll(CODES.len())];
            let message = dice.pick(&MESSAGES);
            let mut parts = Vec::new();
            let mut fill = |dice: &mut Dice| {
                message.split('#').enumerate().fold(String::new(), |text, (at, piece)| {
                    let personal = if at == 0 { String::new() } else { dice.personal() };
                    parts.push(personal.clone());
                    text + &personal + piece
                })
            };
            let (one, other) = (fill(&mut dice), fill(&mut dice));
            let (mine, theirs) = (of(http, code, &one), of(http, code, &other));
            assert_eq!(mine, theirs, "{one:?} and {other:?} are one problem");
            for part in parts.iter().filter(|part| part.chars().count() > 3) {
                assert!(!mine.contains(&part.to_lowercase()), "{mine} holds {part}");
            }
        }
    }

    #[test]
    fn different_problems_stay_apart() {
        let texts = MESSAGES.iter().filter(|text| text.contains(char::is_alphabetic));
        let all: std::collections::HashSet<String> =
            CODES.iter().flat_map(|&(http, code)| texts.clone().map(move |text| of(http, code, text))).collect();
        assert_eq!(all.len(), CODES.len() * 4);
        assert_eq!(
            of(503, "ErrorMailboxStoreUnavailable", "The database is going down."),
            of(503, "ErrorMailboxStoreUnavailable", "The database is not mounted."),
            "where the code says what is wrong, the text doesn't matter"
        );
    }

    #[test]
    fn a_code_that_is_none_is_not_repeated() {
        for odd in ["ada@contoso.example", "0f0e0d0c-0000-4000-8000-000000000001", "0f0e0d0c000040008000000000000001", "<script>", "a/b"] {
            assert!(of(403, odd, "").contains(".odd-code."), "{}", of(403, odd, ""));
        }
        assert!(of(403, "ErrorTomorrow2", "").contains(".errortomorrow2."));
    }
}
