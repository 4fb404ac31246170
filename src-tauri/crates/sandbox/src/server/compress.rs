//! Answers for who accepts `gzip`. It is fast rather than small: the practice tenant shares its computer with who measures it.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderValue, VARY};
use hyper::body::Bytes;

use crate::graph::Answer;

/// What is not worth it.
const SMALL: usize = 1024;

/// Compresses an answer in its place, if its reader accepts that and there is something to gain.
pub(super) fn answer(asked: &HeaderMap, answer: &mut Answer) {
    if answer.body.len() <= SMALL || !accepts(asked) {
        return;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(answer.body.len() / 4), Compression::fast());
    // Memory takes whatever is written; if it did not, the answer would go out as it is.
    let Ok(body) = encoder.write_all(&answer.body).and_then(|()| encoder.finish()) else { return };
    answer.body = Bytes::from(body);
    answer.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    answer.headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
}

/// RFC 9110, 12.5.3: a coding with a weight of 0 is not accepted.
fn accepts(asked: &HeaderMap) -> bool {
    let listed = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    listed.into_iter().any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}
