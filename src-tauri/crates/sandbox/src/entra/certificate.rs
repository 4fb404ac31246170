//! Finds the RSA key in a DER certificate (RFC 5280) or SubjectPublicKeyInfo. Nothing else of it matters here.

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
            assert!(rsa_key(der).is_none(), "{der:?}");
        }
    }

    #[test]
    fn the_key_of_a_bare_public_key_is_found() {
        let info = [0x30, 0x0a, 0x30, 0x03, 0x06, 0x01, 0x2a, 0x03, 0x03, 0x00, 0xaa, 0xbb];
        assert_eq!(rsa_key(&info), Some(&[0xaa, 0xbb][..]));
    }
}
