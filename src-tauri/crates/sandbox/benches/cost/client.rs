//! A client that does as little as possible: requests are made beforehand, of an answer only status and length are understood.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::thread;

use rollcall_sandbox::Details;

use super::Outcome;

/// Where to, and with which token.
pub struct Target {
    host: String,
    path: String,
    bearer: String,
}

impl Target {
    pub fn get(&self, path: &str) -> Vec<u8> {
        let Target { host, path: base, bearer } = self;
        format!("GET {base}{path} HTTP/1.1\r\nhost: {host}\r\nauthorization: {bearer}\r\n\r\n").into_bytes()
    }

    pub fn post(&self, path: &str, body: &str) -> Vec<u8> {
        let Target { host, path: base, bearer } = self;
        let length = body.len();
        format!(
            "POST {base}{path} HTTP/1.1\r\nhost: {host}\r\nauthorization: {bearer}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub fn open(target: &Target) -> Outcome<Connection> {
        let stream = TcpStream::connect(&target.host)?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: vec![0; 1 << 20] })
    }

    pub fn ask(&mut self, request: &[u8]) -> Outcome<Answer> {
        self.stream.write_all(request)?;
        let mut filled = 0;
        let (head, length) = loop {
            filled += self.more(filled)?;
            if let Some(head) = self.buffer[..filled].windows(4).position(|end| end == b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&self.buffer[..head]).to_lowercase();
                let length =
                    text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap_or("0").parse::<usize>()?;
                break (head + 4, length);
            }
        };
        let all: usize = head + length;
        if self.buffer.len() < all {
            self.buffer.resize(all, 0);
        }
        while filled < all {
            filled += self.more(filled)?;
        }
        let status = String::from_utf8_lossy(&self.buffer[9..12]).parse()?;
        Ok(Answer { status, body: self.buffer[head..all].to_vec() })
    }

    fn more(&mut self, filled: usize) -> Outcome<usize> {
        match self.stream.read(&mut self.buffer[filled..])? {
            0 => Err("the connection was closed".into()),
            read => Ok(read),
        }
    }
}

/// Takes an application token of the practice integration.
pub fn sign_in(details: &Details) -> Outcome<Target> {
    let (host, path) = details.graph.trim_start_matches("http://").split_once('/').ok_or("an address without a path")?;
    let mut target = Target { host: host.to_owned(), path: format!("/{path}"), bearer: String::new() };
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("grant_type", "client_credentials"),
            ("client_id", details.client_id.as_str()),
            ("client_secret", details.client_secret.as_str()),
            ("scope", "https://graph.microsoft.com/.default"),
        ])
        .finish();
    let authority = details.authority.split_once(host).map_or("", |(_, path)| path);
    let request = format!(
        "POST {authority}/{}/oauth2/v2.0/token HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        details.tenant_id,
        form.len()
    );
    let answer = Connection::open(&target)?.ask(request.as_bytes())?;
    let tokens: serde_json::Value = serde_json::from_slice(&answer.body)?;
    target.bearer = format!("Bearer {}", tokens["access_token"].as_str().ok_or("no token")?);
    Ok(target)
}

/// Path and query of the next page, below the Graph base.
pub fn next_link(page: &[u8], target: &Target) -> Option<String> {
    let text = std::str::from_utf8(page).ok()?;
    let link = text.split("\"@odata.nextLink\":\"").nth(1)?.split('"').next()?;
    Some(link.split_once(&target.path)?.1.to_owned())
}

/// Sends all requests over so many connections.
pub fn ask_at_once(target: &Target, requests: &[Vec<u8>], connections: usize) -> Outcome<()> {
    let next = Mutex::new(requests.iter());
    let next = || next.lock().ok()?.next();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(move || -> Outcome<()> {
                    let mut connection = Connection::open(target)?;
                    while let Some(request) = next() {
                        connection.ask(request)?;
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a connection panicked")?)
    })
}
