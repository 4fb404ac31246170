//! Folding names for order and for searches: without case and, in Latin scripts and in Greek, without accents.

/// The text in lower case with the accents of Latin and Greek letters taken off, in one line and without tabs.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(&mut folded, text);
    folded
}

/// The same, at the end of another text.
pub fn fold_into(folded: &mut String, text: &str) {
    // Most names and addresses, and there is neither an accent among them nor a line's end.
    if text.bytes().all(|byte| byte.is_ascii() && !matches!(byte, b'\t' | b'\n' | b'\r')) {
        let start = folded.len();
        folded.push_str(text);
        folded[start..].make_ascii_lowercase();
        return;
    }
    for letter in text.chars() {
        // Most letters of a name with an accent have none.
        if letter.is_ascii() {
            folded.push(plain(letter.to_ascii_lowercase()));
        } else if !is_combining(letter) {
            folded.extend(letter.to_lowercase().filter(|c| !is_combining(*c)).map(plain));
        }
    }
}

/// A mark that changes the letter before it and is no letter of its own.
pub const fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// The letter without its accent, for Latin-1, Latin Extended-A, what living languages have of Extended-B, and Latin Extended Additional,
/// which has the letters of Vietnamese; and without the accents of modern Greek, whose sigma is one letter wherever it stands.
const fn plain(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ȁ' | 'ȃ' | 'ȧ' | 'ǟ' | 'ǡ' | 'ǻ' | 'ḁ' | 'ẚ' | 'Ạ'..='ặ' => 'a',
        'Ḃ'..='ḇ' => 'b',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' | 'ḉ' => 'c',
        'ď' | 'đ' | 'Ḋ'..='ḓ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ȅ' | 'ȇ' | 'ȩ' | 'Ḕ'..='ḝ' | 'Ẹ'..='ệ' => 'e',
        'ḟ' => 'f',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' | 'ǧ' | 'ǵ' | 'ǥ' | 'ḡ' => 'g',
        'ĥ' | 'ħ' | 'ȟ' | 'Ḣ'..='ḫ' | 'ẖ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' | 'ȉ' | 'ȋ' | 'Ḭ'..='ḯ' | 'Ỉ'..='ị' => 'i',
        'ĵ' | 'ǰ' => 'j',
        'ķ' | 'ǩ' | 'Ḱ'..='ḵ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ł' | 'Ḷ'..='ḽ' => 'l',
        'Ḿ'..='ṃ' => 'm',
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ǹ' | 'Ṅ'..='ṋ' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ǒ' | 'ǫ' | 'ȍ' | 'ȏ' | 'ȯ' | 'ǭ' | 'ȫ' | 'ȭ' | 'ȱ' | 'Ṍ'..='ṓ' | 'Ọ'..='ợ' => {
            'o'
        }
        'Ṕ'..='ṗ' => 'p',
        'ŕ' | 'ŗ' | 'ř' | 'ȑ' | 'ȓ' | 'Ṙ'..='ṟ' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'Ṡ'..='ṩ' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' | 'Ṫ'..='ṱ' | 'ẗ' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ǔ' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' | 'ȕ' | 'ȗ' | 'Ṳ'..='ṻ' | 'Ụ'..='ự' => {
            'u'
        }
        'Ṽ'..='ṿ' => 'v',
        'ŵ' | 'Ẁ'..='ẉ' | 'ẘ' => 'w',
        'Ẋ'..='ẍ' => 'x',
        'ý' | 'ÿ' | 'ŷ' | 'ȳ' | 'ẏ' | 'ẙ' | 'Ỳ'..='ỹ' => 'y',
        'ź' | 'ż' | 'ž' | 'Ẑ'..='ẕ' => 'z',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        '\t' | '\n' | '\r' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn accents_and_case_make_no_difference_and_scripts_without_them_stay() {
        assert_eq!(fold("Élodie ŁUKASZ Ångström"), "elodie lukasz angstrom");
        assert_eq!(fold("E\u{301}lodie"), "elodie", "composed and decomposed letters meet");
        assert_eq!((fold("山田 太郎"), fold("A\tB\r\nC")), ("山田 太郎".into(), "a b  c".into()));
        assert_eq!((fold("ΣΟΦΊΑ"), fold("Παπαδόπουλος")), ("σοφια".into(), fold("ΠΑΠΑΔΟΠΟΥΛΟΣ")));
        assert_eq!(fold("Nguyễn Thị Đặng Phương"), "nguyen thi dang phuong");
        assert_eq!((fold("Ǎḃ Ẃẍ"), fold("Ада Й")), ("ab wx".into(), "ада й".into()));
        assert_eq!((fold("Lǚ"), fold("Lu\u{308}\u{30C}")), ("lu".into(), "lu".into()));
    }
}
