import {
  Button,
  Link,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Organization, OrganizationView } from "../../api/bindings";
import { begin, dismiss, isLive, stop, useWork } from "../../api/work";
import { ErrorBar } from "../../ui/ErrorBar";
import { ProgressPanel } from "../../ui/ProgressPanel";
import { explain } from "../../words/codes";
import { unaskedWords } from "../../words/nouns";
import { t } from "../../words/t";

function keyOf(organization: number): string {
  return `preflight:${organization}`;
}

/** Finds out whose mailboxes can be worked on. What comes of it is shown where the organization is. */
export async function startPreflight({ id, name }: Organization) {
  try {
    await begin(keyOf(id), t("users.preflightTitle", { organization: name }), "users.preflight", { organization: id });
  } catch {
    // The refusal is on the work, where the page shows it.
  }
}

/** The preflight that is going on for an organization, or what came of it. */
export function PreflightProgress({ view }: { view: OrganizationView }) {
  const key = keyOf(view.organization.id);
  const work = useWork(key);
  const navigate = useNavigate();
  // What came of it has been read by the time the page is left; work that goes on stays.
  useEffect(() => () => dismiss(key), [key]);
  if (!work) return null;
  if (isLive(work)) {
    const asked = work.progress?.kind === "asked" ? work.progress : undefined;
    return (
      <ProgressPanel
        title={t("users.preflighting")}
        done={asked?.done ?? 0}
        total={asked?.total}
        started={work.started}
        actions={
          <Button size="small" disabled={work.state === "stopping"} onClick={() => stop(key)}>
            {t(work.state === "stopping" ? "activity.stopping" : "users.importStop")}
          </Button>
        }
      />
    );
  }
  if (work.refusal) return <ErrorBar failure={explain(work.refusal)} />;
  const { not_eligible, unasked } = view.eligibility;
  return (
    <MessageBar intent={unasked === null && work.state === "done" ? "success" : "warning"} layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>
          {t(work.state === "stopped" ? "users.preflightStopped" : "users.preflighted")}
        </MessageBarTitle>{" "}
        {t("users.preflightCounts", { n: not_eligible })}{" "}
        {not_eligible > 0 && (
          <>
            <Link
              inline
              onClick={() =>
                void navigate({ to: "/users", search: { org: view.organization.id, eligibility: "not_eligible" } })
              }
            >
              {t("users.preflightShow", { n: not_eligible })}
            </Link>{" "}
          </>
        )}
        {unasked !== null && t("users.preflightUnasked", { why: unaskedWords[unasked] })}
      </MessageBarBody>
      <MessageBarActions
        containerAction={
          <Button
            appearance="transparent"
            icon={<DismissRegular />}
            aria-label={t("message.dismiss")}
            onClick={() => dismiss(key)}
          />
        }
      />
    </MessageBar>
  );
}
