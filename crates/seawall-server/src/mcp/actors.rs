//! What is claimed of actors, by whom, and how well does it stand?

use rmcp::{ErrorData, Json, handler::server::wrapper::Parameters, tool, tool_router};
use schemars::JsonSchema;
use seawall_core::actor::{Assertion, Claim, ClaimKey, Picture, Target, Thing, ThingKind};
use serde::Serialize;

use super::{
    Desk,
    asked::{ActorAsked, Page, PageAsked, text, wrong},
    told::Untrusted,
};

/// An actor, in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ActorLine {
    id: String,
    name: Untrusted,
    /// Claims that it is the subject of.
    claims: usize,
    /// Sources that name it.
    named_by: Vec<Untrusted>,
}

/// What is claimed of an actor.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ActorTold {
    id: String,
    name: Untrusted,
    claims: Page<ClaimTold>,
}

/// One statement, and everybody who says that it is so, or not.
#[derive(Debug, Serialize, JsonSchema)]
struct ClaimTold {
    subject: Untrusted,
    relation: String,
    target: Untrusted,
    /// Withdrawn, contradicted, one source, or corroborated.
    standing: String,
    /// How sure it is by what it rests on: low, moderate or high.
    assessed: String,
    sources: Vec<Untrusted>,
    contradicted_by: Vec<Untrusted>,
    /// When it was last said, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_asserted_at: Option<String>,
}

#[tool_router(router = actor_tools, vis = "pub(super)")]
impl Desk {
    #[tool(
        description = "Actors that sources name, with how much is claimed of each.",
        annotations(read_only_hint = true)
    )]
    fn list_actors(
        &self,
        Parameters(asked): Parameters<PageAsked>,
    ) -> Result<Json<Page<ActorLine>>, ErrorData> {
        let picture = self.picture()?;
        let things = picture.things.values();
        let actors: Vec<_> = things.filter(|(thing, _)| thing.kind == ThingKind::Actor).collect();
        Ok(Json(Page::of(actors.into_iter(), &asked, |(thing, sources)| ActorLine {
            id: thing.id.clone(),
            name: Untrusted::new(&thing.name),
            claims: picture.of_subject(&thing.id).count(),
            named_by: sources.iter().map(|source| Untrusted::new(&source.name)).collect(),
        })))
    }

    #[tool(
        description = "What is claimed of an actor: who says so, who contradicts, how well each claim stands.",
        annotations(read_only_hint = true)
    )]
    fn get_actor(
        &self,
        Parameters(asked): Parameters<ActorAsked>,
    ) -> Result<Json<ActorTold>, ErrorData> {
        let picture = self.picture()?;
        let thing = thing(picture, text(&asked.name)?)?;
        let claims: Vec<_> =
            picture.of_subject(&thing.id).chain(picture.leading_to(&thing.id)).collect();
        let claims = Page::of(claims.into_iter(), &asked.page, |(key, claim)| {
            ClaimTold::new(picture, key, claim)
        });
        Ok(Json(ActorTold { id: thing.id.clone(), name: Untrusted::new(&thing.name), claims }))
    }
}

fn thing<'a>(picture: &'a Picture, name: &str) -> Result<&'a Thing, ErrorData> {
    match picture.find(name).as_slice() {
        [only] => Ok(only),
        [] => Err(wrong("nothing is known of this name; `list_actors` lists what is known")),
        several => {
            let ids: Vec<&str> = several.iter().map(|thing| thing.id.as_str()).collect();
            Err(wrong(format!("several have this name: ask for one of {}", ids.join(", "))))
        }
    }
}

impl ClaimTold {
    fn new(picture: &Picture, key: &ClaimKey, claim: &Claim) -> Self {
        let name = |id: &str| {
            Untrusted::new(picture.things.get(id).map_or(id, |(thing, _)| thing.name.as_str()))
        };
        let graded = |said: &Assertion| {
            Untrusted::new(&match said.grade {
                Some(grade) => format!("{} {grade}", said.source.name),
                None => format!("{} (not graded)", said.source.name),
            })
        };
        Self {
            subject: name(&key.subject),
            relation: key.relation.name().to_owned(),
            target: match &key.target {
                Target::Thing(id) => name(id),
                Target::Text(text) => Untrusted::new(text),
            },
            standing: claim.standing().words().to_owned(),
            assessed: claim.assessed().word().to_owned(),
            sources: claim.supports.values().map(graded).collect(),
            contradicted_by: claim.contradicts.values().map(graded).collect(),
            last_asserted_at: claim.last_asserted_at.map(|at| at.to_string()),
        }
    }
}
