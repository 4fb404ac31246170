//! Reads a DER certificate (RFC 5280) or SubjectPublicKeyInfo: the RSA key, and of a certificate its name and its time.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// `[0]`, the version of a certificate.
const VERSION: u8 = 0xa0;

/// The PKCS#1 `RSAPublicKey` inside; `None` when it is neither of both.
pub(super) fn rsa_key(der: &[u8]) -> Option<&[u8]> {
    let outer = only(der, SEQUENCE)?;
    let first = Item::read(outer)?;
    let first_inside = Item::read(first.content)?;
    match first_inside.tag {
        // An algorithm comes first: this is the key itself.
        OBJECT_ID => bits(outer),
        VERSION | INTEGER => bits(subject_key(first.content)?),
        _ => None,
    }
}

/// From when and until when a certificate holds, as it writes both (UTCTime or GeneralizedTime); `None` for a bare public key.
pub(crate) fn validity(der: &[u8]) -> Option<(&str, &str)> {
    let validity = part(der, 3)?;
    let start = Item::read(validity)?;
    let end = Item::read(start.rest)?;
    Some((std::str::from_utf8(start.content).ok()?, std::str::from_utf8(end.content).ok()?))
}

/// The common name of a certificate's subject.
pub(crate) fn common_name(der: &[u8]) -> Option<&str> {
    /// 2.5.4.3.
    const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
    let mut rest = part(der, 4)?;
    loop {
        let set = Item::read(rest)?;
        let kind = Item::read(Item::read(set.content)?.content)?;
        if kind.content == COMMON_NAME {
            return std::str::from_utf8(Item::read(kind.rest)?.content).ok();
        }
        rest = set.rest;
    }
}

/// The content of a certificate's field, counted from the serial number: 3 is its validity, 4 its subject.
fn part(der: &[u8], at: usize) -> Option<&[u8]> {
    let certificate = Item::read(only(der, SEQUENCE)?)?.content;
    let first = Item::read(certificate)?;
    let mut rest = if first.tag == VERSION { first.rest } else { certificate };
    for _ in 0..at {
        rest = Item::read(rest)?.rest;
    }
    Item::read(rest).filter(|item| item.tag == SEQUENCE).map(|item| item.content)
}

struct Item<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Item<'a> {
    fn read(input: &'a [u8]) -> Option<Item<'a>> {
        let (&tag, input) = input.split_first()?;
        let (&short, input) = input.split_first()?;
        let (length, input) = match short {
            0..=0x7f => (usize::from(short), input),
            0x81..=0x84 => {
                let (digits, input) = input.split_at_checked(usize::from(short & 0x7f))?;
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), input)
            }
            _ => return None,
        };
        let (content, rest) = input.split_at_checked(length)?;
        Some(Item { tag, content, rest })
    }
}

fn only(input: &[u8], tag: u8) -> Option<&[u8]> {
    Item::read(input).filter(|item| item.tag == tag && item.rest.is_empty()).map(|item| item.content)
}

/// The content of SubjectPublicKeyInfo: it follows serial number, algorithm, issuer, validity and subject.
fn subject_key(certificate: &[u8]) -> Option<&[u8]> {
    let first = Item::read(certificate)?;
    let mut rest = if first.tag == VERSION { first.rest } else { certificate };
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
        rest = Item::read(rest).filter(|item| item.tag == tag)?.rest;
    }
    Item::read(rest).filter(|item| item.tag == SEQUENCE).map(|item| item.content)
}

/// The bit string after the algorithm; its first byte counts unused bits, which a key never has.
fn bits(subject_key: &[u8]) -> Option<&[u8]> {
    let algorithm = Item::read(subject_key).filter(|item| item.tag == SEQUENCE)?;
    let bits = Item::read(algorithm.rest).filter(|item| item.tag == BIT_STRING)?;
    bits.content.strip_prefix(&[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_has_no_key_and_does_not_panic() {
        for der in [&[][..], &[0x30], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x30, 0x02, 0x30, 0x05], &[0x30, 0x80, 0, 0]] {
            assert!(rsa_key(der).is_none() && validity(der).is_none() && common_name(der).is_none(), "{der:?}");
        }
    }

    #[test]
    fn the_key_of_a_bare_public_key_is_found() {
        let info = [0x30, 0x0a, 0x30, 0x03, 0x06, 0x01, 0x2a, 0x03, 0x03, 0x00, 0xaa, 0xbb];
        assert_eq!(rsa_key(&info), Some(&[0xaa, 0xbb][..]));
    }
}
