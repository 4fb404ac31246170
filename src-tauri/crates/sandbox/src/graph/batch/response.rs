use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};

use crate::graph::dispatch::Outcome;
use crate::graph::{Body, GATEWAY_PAGE, JSON, Request, State, dress, query};
use crate::world::write_uuid;

/// Writes responses one behind the other.
pub(super) struct Writer<'a> {
    pub(super) state: &'a State,
    /// Of all the responses.
    pub(super) date: String,
    pub(super) out: Vec<u8>,
}

impl Writer<'_> {
    /// Begins the response of a probe that will be answered, up to where its body is to follow; gives back where it began.
    pub(super) fn begin(&mut self, id: &str) -> usize {
        let begin = self.out.len();
        let serial = self.state.next_serial();
        // Inside a batch the service's spelling of header names varies.
        let [request_id, date, kind] = match serial.is_multiple_of(2) {
            true => ["Request-Id", "Date", "Content-Type"],
            false => ["request-id", "date", "content-type"],
        };
        let (high, low) = self.state.request_id(serial);
        let out = &mut self.out;
        query::field(out, b"{", "id", &id);
        out.extend_from_slice(b",\"status\":200,\"headers\":{\"");
        out.extend_from_slice(request_id.as_bytes());
        out.extend_from_slice(b"\":\"");
        write_uuid(high, low, out);
        for (name, value) in [(date, self.date.as_str()), (kind, JSON)] {
            for part in ["\",\"", name, "\":\"", value] {
                out.extend_from_slice(part.as_bytes());
            }
        }
        out.extend_from_slice(b"\"},\"body\":");
        begin
    }

    /// Writes any other response; gives back its status.
    pub(super) fn outcome(&mut self, id: &str, request: &Request, outcome: Outcome) -> u16 {
        let serial = self.state.next_serial();
        let (status, headers, body) = match outcome {
            Outcome::LeftOut | Outcome::Lost => return 0,
            Outcome::Gateway => {
                let mut headers = HeaderMap::new();
                headers.insert("content-type", HeaderValue::from_static("text/html"));
                (504, headers, Body::Text(URL_SAFE_NO_PAD.encode(GATEWAY_PAGE)))
            }
            Outcome::Answered(result) => {
                let reply = dress(self.state, serial, request, result);
                (reply.status, reply.headers, reply.body)
            }
        };
        let out = &mut self.out;
        query::field(out, b"{", "id", &id);
        query::field(out, b",", "status", &status);
        out.extend_from_slice(b",\"headers\":");
        let mut mark: &[u8] = b"{";
        for (name, value) in &headers {
            let name = if serial.is_multiple_of(2) { capitalised(name.as_str()) } else { name.as_str().to_owned() };
            query::field(out, mark, &name, &value.to_str().unwrap_or_default());
            mark = b",";
        }
        out.extend_from_slice(if headers.is_empty() { b"{}" } else { b"}" });
        match body {
            Body::Json(body) => query::field(out, b",", "body", &body),
            Body::Raw(body) => {
                out.extend_from_slice(b",\"body\":");
                out.extend_from_slice(&body);
            }
            Body::Text(text) => query::field(out, b",", "body", &text),
            Body::Empty => {}
        }
        out.push(b'}');
        status
    }
}

fn capitalised(name: &str) -> String {
    let parts: Vec<String> =
        name.split('-').map(|part| part.get(..1).unwrap_or_default().to_uppercase() + part.get(1..).unwrap_or_default()).collect();
    parts.join("-")
}
