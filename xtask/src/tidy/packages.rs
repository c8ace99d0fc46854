//! Which crates are there, as cargo itself understands their manifests?

use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::tree::root;

/// A crate of the workspace.
#[derive(Clone, Debug, Default)]
pub(super) struct Package {
    pub(super) name: String,
    /// Folder of its manifest, from the root of the repository.
    pub(super) folder: String,
    pub(super) dependencies: Vec<Dependency>,
    /// Sources of its integration tests, from the root of the repository.
    pub(super) tests: Vec<String>,
}

/// A dependency as its manifest states it.
#[derive(Clone, Debug)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// For tests, benches and examples only.
    pub(super) dev: bool,
}

/// Manifests of the workspace, and of crates beside it that are held to the same.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "crates/seawall-distributed/Cargo.toml"];

/// Asks cargo.
pub(super) fn of_repository() -> anyhow::Result<Vec<Package>> {
    let packages = MANIFESTS.into_iter().map(of_workspace).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(packages.into_iter().flatten().collect())
}

fn of_workspace(manifest: &str) -> anyhow::Result<Vec<Package>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .args(["--manifest-path", manifest])
        .current_dir(root())
        .output()
        .context("running `cargo metadata`")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("reading `cargo metadata`")?;
    let root = root();
    parse(&metadata, &root.to_string_lossy()).context("`cargo metadata` lacks a field")
}

fn parse(metadata: &Value, root: &str) -> Option<Vec<Package>> {
    let root = format!("{root}/");
    let relative = |path: &str| path.strip_prefix(&root).unwrap_or(path).to_owned();
    let package = |package: &Value| {
        let manifest = relative(package["manifest_path"].as_str()?);
        let dependencies = package["dependencies"].as_array()?.iter().map(|dependency| {
            Some(Dependency {
                name: dependency["name"].as_str()?.to_owned(),
                dev: dependency["kind"] == "dev",
            })
        });
        let tests =
            package["targets"].as_array()?.iter().filter(|target| target["kind"][0] == "test");
        Some(Package {
            name: package["name"].as_str()?.to_owned(),
            folder: manifest.trim_end_matches("/Cargo.toml").to_owned(),
            dependencies: dependencies.collect::<Option<_>>()?,
            tests: tests
                .map(|target| target["src_path"].as_str().map(relative))
                .collect::<Option<_>>()?,
        })
    };
    metadata["packages"].as_array()?.iter().map(package).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_tells_of_this_very_crate() {
        let packages = of_repository().unwrap();
        assert!(packages.iter().any(|package| package.folder == "crates/seawall-distributed"));
        let own = packages.iter().find(|package| package.name == "xtask").unwrap();
        assert_eq!(own.folder, "xtask");
        assert!(
            own.dependencies
                .iter()
                .any(|dependency| dependency.name == "serde_json" && !dependency.dev)
        );
    }

    #[test]
    fn kinds_of_dependency_and_of_target_are_told_apart() {
        let metadata = serde_json::json!({
            "packages": [{
                "name": "a", "manifest_path": "/r/crates/a/Cargo.toml",
                "dependencies": [{"name": "b", "kind": null}, {"name": "c", "kind": "dev"}],
                "targets": [
                    {"kind": ["lib"], "src_path": "/r/crates/a/src/lib.rs"},
                    {"kind": ["test"], "src_path": "/r/crates/a/tests/it/main.rs"},
                ],
            }],
        });
        let packages = parse(&metadata, "/r").unwrap();
        assert_eq!(packages[0].folder, "crates/a");
        assert_eq!(packages[0].tests, ["crates/a/tests/it/main.rs"]);
        let dev: Vec<bool> =
            packages[0].dependencies.iter().map(|dependency| dependency.dev).collect();
        assert_eq!(dev, [false, true]);
    }
}
