//! Why can a broker not be reached?
//!
//! The client tells a user's program that no broker is there; why stands in what it logs.

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// What the client logs where it gives a connection up.
pub(super) const FAILED: &str = "FAIL";

/// What a line of the client's log says of a connection, without the thread that said it.
pub(super) fn said(line: &str) -> String {
    let rest = line.strip_prefix("[thrd:").and_then(|rest| rest.split_once("]: "));
    rest.map_or(line, |(_, rest)| rest).to_owned()
}

/// The error in words, where `failed` is what was said last of a connection that was given up.
pub(super) fn explained(error: &KafkaError, failed: Option<&str>) -> String {
    let is_of_connection = matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::AllBrokersDown
                | RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::SSL
                | RDKafkaErrorCode::Authentication
                | RDKafkaErrorCode::Resolve
        )
    );
    match failed {
        Some(failed) if is_of_connection => {
            hint(failed).map_or_else(|| failed.to_owned(), |hint| format!("{failed}\nhint: {hint}"))
        }
        _ => error.to_string(),
    }
}

/// What to do about it.
fn hint(failed: &str) -> Option<&'static str> {
    let says = |part| failed.contains(part);
    if says("certificate verify failed") || says("certificate could not be verified") {
        Some(
            "the certificate of the broker is of an authority that `ssl.ca.location` does not name, is not for the host \
             in `brokers`, or is out of date; `openssl s_client -connect HOST:PORT -verify_hostname HOST -CAfile FILE` \
             says which",
        )
    } else if says("PLAINTEXT broker listener") || says("wrong version number") {
        Some(
            "the port does not speak TLS; leave `security.protocol` out, or name the port that does",
        )
    } else if says("SSL listener") || says("in state APIVERSION_QUERY") {
        Some(
            "where the port speaks TLS, it needs `\"security.protocol\" = \"ssl\"` under `[client]`",
        )
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_broker_is_there_and_why() {
        let line = "[thrd:ssl://b:1/bootstrap]: ssl://b:1/bootstrap: SSL handshake failed: \
                    error:0A000086:SSL routines::certificate verify failed";
        let said = said(line);
        assert!(said.starts_with("ssl://b:1/bootstrap: SSL"), "{said}");
        let down = KafkaError::Global(RDKafkaErrorCode::AllBrokersDown);
        let told = explained(&down, Some(&said));
        assert!(told.starts_with(&said) && told.contains("hint: ") && told.contains("out of date"));
        assert_eq!(explained(&down, None), down.to_string());
        // What is no matter of the connection has nothing to do with it.
        let other = KafkaError::Global(RDKafkaErrorCode::UnknownTopicOrPartition);
        assert_eq!(explained(&other, Some(&said)), other.to_string());
        assert_eq!(explained(&down, Some("b:1: Connect failed")), "b:1: Connect failed");
        // What a port that wants TLS does to who speaks none: librdkafka 2.12 says no more.
        let closed = "b:1/bootstrap: Disconnected: connection closed by peer: receive 0 after POLLIN (after 1ms in state APIVERSION_QUERY)";
        assert!(explained(&down, Some(closed)).contains("security.protocol"));
    }
}
