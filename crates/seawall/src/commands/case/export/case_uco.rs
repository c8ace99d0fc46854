//! How is a case said in the words of CASE and UCO? (Cyber-investigation Analysis Standard Expression, 1.4)

use std::collections::BTreeMap;

use seawall_core::case::CaseState;
use seawall_evidence::{
    case_file::CaseFile, document::Kind, hash::Digest, item::Item, text::Actor,
};
use serde_json::{Value, json};

use crate::{case::to_core, failure::Failure};

/// The case as JSON-LD: the investigation, who acted, each item with its hash, how it came in, and the record of its
/// provenance. Exhibits carry their number.
pub(crate) fn case_uco(
    file: &CaseFile,
    items: &[Item],
    state: &CaseState,
) -> Result<Vec<u8>, Failure> {
    let exhibits: BTreeMap<_, _> = state
        .documents
        .values()
        .filter(|document| Kind::of_id(document.id.as_str()) == Some(Kind::Exhibit))
        .map(|document| (document.rendering.clone(), document.id.to_string()))
        .collect();
    let tool = json!({
        "@id": node(file, "tool", "seawall"),
        "@type": "uco-tool:Tool",
        "uco-core:name": "seawall",
        "uco-tool:version": env!("CARGO_PKG_VERSION"),
    });
    let mut graph = vec![tool];
    let mut people: Vec<&Actor> = items.iter().map(|item| &item.acquired_by).collect();
    people.sort();
    people.dedup();
    for person in people {
        graph.push(json!({
            "@id": node(file, "person", person.as_str()),
            "@type": "uco-identity:Identity",
            "uco-core:name": person.as_str(),
        }));
    }
    let mut objects = Vec::new();
    for item in items {
        let exhibit = exhibits.get(&to_core(&item.id)).map(String::as_str);
        let described = described(file, item, exhibit);
        objects.extend(described.iter().map(|node| json!({ "@id": node["@id"] })));
        graph.extend(described);
    }
    graph.push(json!({
        "@id": node(file, "investigation", file.id.as_str()),
        "@type": "case-investigation:Investigation",
        "uco-core:name": file.title.as_str(),
        "case-investigation:investigationForm": "case",
        "uco-core:object": objects,
    }));
    let document = json!({ "@context": context(file), "@graph": graph });
    let mut bytes = serde_json::to_vec_pretty(&document)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn context(file: &CaseFile) -> Value {
    json!({
        "case-investigation": "https://ontology.caseontology.org/case/investigation/",
        "kb": format!("urn:seawall:{}:", file.id),
        "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
        "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
        "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
        "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
        "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
        "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    })
}

/// The item, the act by which it came in, and the record of its provenance.
fn described(file: &CaseFile, item: &Item, exhibit: Option<&str>) -> [Value; 3] {
    let name = item.id.as_str();
    let object = node(file, "file", name);
    let action = node(file, "action", name);
    let provenance = node(file, "provenance", name);
    let time = json!({ "@type": "xsd:dateTime", "@value": item.acquired_at.to_string() });
    let mut record = json!({
        "@id": provenance,
        "@type": "case-investigation:ProvenanceRecord",
        "uco-core:description": item.source.as_str(),
        "uco-core:objectCreatedTime": time,
        "uco-core:object": { "@id": object },
    });
    if let Some(number) = exhibit {
        record["case-investigation:exhibitNumber"] = number.into();
    }
    let hash = json!({
        "@id": node(file, "hash", name),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": "SHA256",
        "uco-types:hashValue": { "@type": "xsd:hexBinary", "@value": item.sha256.to_string() },
    });
    let content = json!({
        "@id": node(file, "content", name),
        "@type": "uco-observable:ContentDataFacet",
        "uco-observable:mimeType": item.media_type.as_str(),
        "uco-observable:sizeInBytes": item.size,
        "uco-observable:hash": hash,
    });
    [
        json!({
            "@id": object,
            "@type": "uco-observable:File",
            "uco-core:name": name,
            "uco-core:hasFacet": content,
        }),
        json!({
            "@id": action,
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": item.method.as_str(),
            "uco-action:startTime": time,
            "uco-action:performer": { "@id": node(file, "person", item.acquired_by.as_str()) },
            "uco-action:instrument": { "@id": node(file, "tool", "seawall") },
            "uco-action:result": [{ "@id": object }, { "@id": provenance }],
        }),
        record,
    ]
}

/// A name for a node: the ontology asks that it end with a UUID of a version up to 5. This one has the form of version
/// 5, made of a SHA-256, so that the same case gives the same names.
fn node(file: &CaseFile, sort: &str, name: &str) -> String {
    let mut bytes = *Digest::of(format!("{}\n{sort}\n{name}", file.origin)).as_bytes();
    bytes[6] = (bytes[6] & 0x0f) | 0x50;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = Digest::from_bytes(bytes).to_string();
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]];
    format!("kb:{sort}-{}", parts.join("-"))
}
