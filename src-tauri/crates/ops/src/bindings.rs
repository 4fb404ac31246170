//! The TypeScript of the menu: one committed file, and the test that it is current.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use rollcall_core::issue::{Cause, Class, Reach, Who};
use rollcall_core::mailbox::STUCK_AFTER;
use rollcall_core::organization::{RHYTHM_FAILURES, RHYTHM_MINUTES};
use rollcall_core::wave::{MOST_HOURS, MOST_WAVES};
use ts_rs::{Config, TS, TypeVisitor};

use crate::commands;
use crate::error::Error;
use crate::job::Progress;

/// What has been declared so far.
#[derive(Default)]
pub(crate) struct Bindings {
    config: Config,
    types: BTreeMap<String, String>,
    commands: Vec<String>,
}

impl Bindings {
    /// Declares a command and every type that its question and answer are made of.
    pub fn command<Q: TS + 'static + ?Sized, A: TS + 'static + ?Sized>(&mut self, name: &str) {
        let (question, answer) = (Q::name(&self.config), A::name(&self.config));
        self.visit::<Q>();
        self.visit::<A>();
        self.commands.push(format!("  \"{name}\": {{ question: {question}; answer: {answer} }};"));
    }

    fn text(&self) -> String {
        let mut text = String::from("// Generated from the menu of commands: `cargo xtask bindings`. Not for editing.\n\n");
        for declaration in self.types.values() {
            let _ = writeln!(text, "export {declaration}\n");
        }
        let _ = writeln!(text, "/** Who can mend each cause. */\nexport const MENDS: Record<Cause, Who> = {{");
        for cause in Cause::ALL {
            let _ = writeln!(text, "  {}: \"{}\",", cause.name(), cause.who().name());
        }
        let _ = writeln!(text, "}};\n\n/** What each cause is called, here and in the terminal; users are searched by these words. */");
        let _ = writeln!(text, "export const TITLES: Record<Cause, string> = {{");
        for cause in Cause::ALL {
            let _ = writeln!(text, "  {}: \"{}\",", cause.name(), cause.title());
        }
        let _ = writeln!(text, "}};\n\n/** Whether each cause goes away. */\nexport const CLASSES: Record<Cause, Class> = {{");
        for cause in Cause::ALL {
            let _ = writeln!(text, "  {}: \"{}\",", cause.name(), cause.class().name());
        }
        let _ = writeln!(text, "}};\n");
        let _ = writeln!(text, "/** A switch that has not ended for so many milliseconds is stuck. */");
        let _ = writeln!(text, "export const STUCK_AFTER = {};\n", STUCK_AFTER.as_millis());
        let _ =
            writeln!(text, "/** The least and the most that the rhythm of an organization's sessions may be. */\nexport const RHYTHM = {{");
        for (name, range) in [("every_minutes", RHYTHM_MINUTES), ("failures", RHYTHM_FAILURES)] {
            let _ = writeln!(text, "  {name}: {{ least: {}, most: {} }},", range.start(), range.end());
        }
        let _ = writeln!(text, "}} as const;\n");
        let _ = writeln!(
            text,
            "/** The most waves of a plan, the pilot and the last one among them. */\nexport const MOST_WAVES = {MOST_WAVES};\n"
        );
        let _ = writeln!(text, "/** For so many hours a wave is watched at most. */\nexport const MOST_HOURS = {MOST_HOURS};\n");
        let _ = writeln!(text, "export type Commands = {{\n{}\n}};", self.commands.join("\n"));
        text
    }
}

impl TypeVisitor for Bindings {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Types without a file of their own are built in: numbers, strings, lists of other types.
        if T::output_path().is_some() {
            let name = T::ident(&self.config);
            let declaration = T::decl(&self.config);
            if let Some(known) = self.types.get(&name) {
                assert_eq!(*known, declaration, "two types are called {name} in TypeScript");
                return;
            }
            self.types.insert(name, declaration);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

#[test]
fn bindings_are_current() {
    let mut bindings = Bindings::default();
    commands::declare(&mut bindings);
    bindings.visit::<Progress>();
    bindings.visit::<Error>();
    bindings.visit::<Cause>();
    bindings.visit::<Class>();
    bindings.visit::<Reach>();
    bindings.visit::<Who>();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/api/bindings.ts");
    if std::env::var_os("ROLLCALL_WRITE_BINDINGS").is_some() {
        std::fs::write(&path, bindings.text()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == bindings.text(), "ui/src/api/bindings.ts is stale: run `cargo xtask bindings` and commit the file");
}
