import type { Pane, Traffic, View } from "./bindings";
import type { Answer, Door, Name } from "./client";
import { arrivalVerbs } from "./fakeArrivals";
import { consentVerbs } from "./fakeConsent";
import { type Desk, type FakeOptions, newDesk, refused, type Verbs } from "./fakeDesk";
import { integration, integrationVerbs } from "./fakeIntegrations";
import { issueVerbs } from "./fakeIssues";
import { mailboxVerbs } from "./fakeMailboxes";
import { organizationVerbs } from "./fakeOrganizations";
import { scopeVerbs } from "./fakeScope";
import { syncVerbs } from "./fakeSync";
import { userVerbs } from "./fakeUsers";
import { verifyVerbs } from "./fakeVerify";
import { waveVerbs } from "./fakeWaves";
import { NOW, tenant, trafficOf } from "./fakeWorld";

/** A pretend backend behind the same door: for component tests and for looking at screens without the app. */
export function fakeDoor(
  options: FakeOptions = {},
): Door & { readonly asked: Array<{ name: Name; question: unknown }> } {
  const asked: Array<{ name: Name; question: unknown }> = [];
  const listeners = new Set<() => void>();
  const desk = newDesk(options, () => {
    for (const listener of listeners) listener();
  });
  const verbs: Verbs = {
    ...integrationVerbs(desk),
    ...organizationVerbs(desk),
    ...userVerbs(desk),
    ...arrivalVerbs(desk),
    ...mailboxVerbs(desk),
    ...waveVerbs(desk),
    ...consentVerbs(desk),
    ...scopeVerbs(desk),
    ...verifyVerbs(desk),
    ...syncVerbs(desk),
    ...issueVerbs(desk),
    ...appVerbs(desk),
  };

  return {
    asked,
    async call(name, question, calling) {
      asked.push({ name, question: structuredClone(question) });
      const failure = options.failing?.[name];
      if (typeof failure === "string") throw refused(failure);
      if (failure) throw refused(failure.code, null, failure.detail);
      await options.held?.[name];
      const verb = verbs[name];
      if (!verb) return null as Answer<typeof name>;
      return structuredClone(await verb(question, calling));
    },
    saveFile: (name) => Promise.resolve(`Downloads/${name}`),
    openPage: () => Promise.resolve(),
    onChanged(listener) {
      listeners.add(listener);
      return Promise.resolve(() => void listeners.delete(listener));
    },
  };
}

/** What is asked of the app itself: its traffic, journal, views and settings. */
function appVerbs(desk: Desk): Verbs {
  const views = new Map<Pane, View[]>();
  let recording: string | null = null;
  const traffic = (): Traffic => ({
    tenants: desk.started && !desk.options.silent ? [trafficOf(tenant)] : [],
    recording,
  });
  return {
    "traffic.describe": () => traffic(),
    "traffic.record": ({ on }) => {
      recording = on ? "/home/ada/.local/share/app.rollcall.console/trace-1795183200000.jsonl" : null;
      return traffic();
    },
    "journal.list": () => [
      {
        number: 1,
        at: NOW - 130_000,
        actor: "admin@contoso.example",
        tenant: 1,
        action: "consent.grant",
        target: integration().client_id,
        before: "graph/application/Mail.Read",
        after: "graph/application/Mail.Read graph/application/Mail.Send",
        request_id: null,
        outcome: "done",
        digest: "0".repeat(64),
      },
    ],
    "journal.verify": () => ({ state: "whole", entries: 1, head: "0".repeat(64) }),
    "views.list": ({ pane }) => views.get(pane) ?? [],
    "views.save": ({ pane, name, address, before }) => {
      const others = (views.get(pane) ?? []).filter((view) => view.name !== before);
      if (others.some((view) => view.name.toLowerCase() === name.toLowerCase())) throw refused("duplicate_name");
      const kept = [...others, { name, address }].sort((a, b) => (a.name < b.name ? -1 : 1));
      views.set(pane, kept);
      desk.changed();
      return kept;
    },
    "views.remove": ({ pane, name }) => {
      const kept = (views.get(pane) ?? []).filter((view) => view.name !== name);
      views.set(pane, kept);
      desk.changed();
      return kept;
    },
    "settings.get": () => desk.settings,
    "settings.set": (ask) => {
      desk.settings = ask;
      return desk.settings;
    },
    "about.describe": () => ({
      version: "0.1.0",
      data_folder: "/home/ada/.local/share/app.rollcall.console",
      keychain: { kind: "keychain" },
      quarantined: null,
    }),
  };
}
