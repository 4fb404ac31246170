import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  makeStyles,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  Spinner,
  Tab,
  TabList,
  Textarea,
  tokens,
} from "@fluentui/react-components";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Organization, ScopePurpose, WithoutScript } from "../../api/bindings";
import { refusalOf, saveFile } from "../../api/client";
import { reading } from "../../api/queries";
import { begin, isLive, stop, useWork } from "../../api/work";
import { useNotices } from "../../lib/notices";
import { useSettled } from "../../lib/settled";
import { BrowserWait } from "../../ui/BrowserWait";
import { CopyButton } from "../../ui/CopyButton";
import { ErrorBar } from "../../ui/ErrorBar";
import { explain } from "../../words/codes";
import { optionsOf } from "../../words/options";
import { noScriptWords, purposeWords, sharerWords, voidWords, warningWords } from "../../words/scope";
import { t } from "../../words/t";
import { namesIn } from "./proving";
import { ToPermissions } from "./ToPermissions";

const useStyles = makeStyles({
  surface: { maxWidth: "860px" },
  content: { display: "flex", flexDirection: "column", rowGap: "12px" },
  text: { margin: 0 },
  script: {
    margin: 0,
    padding: "12px",
    maxHeight: "320px",
    overflow: "auto",
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
    userSelect: "text",
  },
  bar: { minHeight: "fit-content", flexShrink: 0 },
  body: { whiteSpace: "normal", padding: "6px 12px 6px 0" },
  sentences: { margin: 0, paddingLeft: "20px" },
  line: { display: "flex", columnGap: "8px", flexWrap: "wrap" },
});

function Sentences({ of }: { of: readonly string[] }) {
  const styles = useStyles();
  return (
    <ul className={styles.sentences}>
      {of.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

/** Why there is no script, and what has to be done first. */
function Without({ of, busy, onRead }: { of: WithoutScript; busy: boolean; onRead: () => void }) {
  const styles = useStyles();
  const shared = of.shared.map(sharerWords).filter((words) => words !== undefined);
  return (
    <MessageBar intent="warning" layout="multiline" className={styles.bar}>
      <MessageBarBody className={styles.body}>
        <MessageBarTitle>{t("access.noScript")}</MessageBarTitle>
        <Sentences of={[noScriptWords[of.why], ...voidWords(of.grants), ...shared]} />
      </MessageBarBody>
      {(of.why === "grants_stand" || of.why === "not_read_since" || of.why === "roles_missing") && (
        <MessageBarActions>
          {of.why === "grants_stand" && <ToPermissions />}
          <Button size="small" disabled={busy} onClick={onRead}>
            {t("access.read")}
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}

/** The scripts that an Exchange administrator runs: read, copied, saved. On a practice tenant they can be run here. */
export function ScriptsDialog({
  organization,
  practice,
  onRead,
  onRun,
  onClose,
}: {
  organization: Organization;
  practice: boolean;
  /** Reads what is in force. */
  onRead: () => Promise<unknown>;
  /** Somebody has run one, and says so. */
  onRun: () => void;
  onClose: () => void;
}) {
  const styles = useStyles();
  const [typed, setTyped] = useState("");
  const mailboxes = namesIn(useSettled(typed));
  const plan = useQuery({
    ...reading("scope.plan", { organization: organization.id, mailboxes }),
    gcTime: 0,
    placeholderData: keepPreviousData,
    meta: { watched: true },
  });
  const [purpose, setPurpose] = useState<ScopePurpose>("apply");
  const say = useNotices((notices) => notices.say);
  const key = `scope-practise:${organization.id}`;
  const work = useWork(key);
  const [refusal, setRefusal] = useState<ReturnType<typeof refusalOf>>();
  const script = plan.data?.scripts.find((one) => one.purpose === purpose);
  const without = plan.data?.without.find((one) => one.purpose === purpose);
  const readAgain = async () => {
    await onRead();
    await plan.refetch();
  };
  const save = async () => {
    if (!script) return;
    try {
      say("success", t("access.scriptSaved"), await saveFile(script.file, script.text));
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  };
  const practise = () =>
    void begin(key, t("access.practising"), "practice.run_scope_script", {
      organization: organization.id,
      purpose,
      mailboxes: namesIn(typed),
    }).then(onClose, (thrown: unknown) => setRefusal(refusalOf(thrown)));
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{t("access.scriptsTitle")}</DialogTitle>
          <DialogContent className={styles.content}>
            <p className={styles.text}>{t("access.scriptsBody")}</p>
            {plan.isPending && <Spinner size="small" label={t("access.reading")} />}
            {plan.error && <ErrorBar failure={explain(refusalOf(plan.error))} onRetry={() => void plan.refetch()} />}
            {refusal && <ErrorBar failure={explain(refusal)} />}
            {plan.data && (
              <TabList
                aria-label={t("access.scriptsLabel")}
                selectedValue={purpose}
                onTabSelect={(_, data) => {
                  setPurpose(data.value as ScopePurpose);
                  setRefusal(undefined);
                }}
              >
                {optionsOf(purposeWords).map(({ value, word }) => (
                  <Tab key={value} value={value}>
                    {word}
                  </Tab>
                ))}
              </TabList>
            )}
            {without && <Without of={without} busy={plan.isFetching} onRead={() => void readAgain()} />}
            {script && (
              <>
                {script.voids.length > 0 && (
                  <MessageBar intent="error" layout="multiline" className={styles.bar}>
                    <MessageBarBody className={styles.body}>
                      <MessageBarTitle>{t("access.scriptsVoid")}</MessageBarTitle>
                      <Sentences of={voidWords(script.voids)} />
                    </MessageBarBody>
                  </MessageBar>
                )}
                <MessageBar intent="warning" layout="multiline" className={styles.bar}>
                  <MessageBarBody className={styles.body}>
                    <MessageBarTitle>{t("access.scriptsBefore")}</MessageBarTitle>
                    <Sentences of={script.warnings.map(warningWords)} />
                  </MessageBarBody>
                </MessageBar>
                {purpose === "test" && (
                  <Field label={t("access.tryNamed")}>
                    <Textarea value={typed} rows={2} onChange={(_, data) => setTyped(data.value)} />
                  </Field>
                )}
                {script.left_out > 0 && <p className={styles.text}>{t("access.leftOut", { n: script.left_out })}</p>}
                {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys (axe, scrollable-region-focusable) */}
                <pre className={styles.script} tabIndex={0} role="region" aria-label={t("access.script")}>
                  {script.text}
                </pre>
                <div className={styles.line}>
                  <CopyButton labelled text={script.text} label={t("access.copyScript")} />
                  <Button size="small" onClick={() => void save()}>
                    {t("access.saveScript")}
                  </Button>
                  {purpose !== "test" && (
                    <Button size="small" onClick={onRun}>
                      {t("access.changed")}
                    </Button>
                  )}
                  {practice && (
                    <Button size="small" appearance="primary" disabled={isLive(work)} onClick={practise}>
                      {t("access.practise")}
                    </Button>
                  )}
                </div>
                {isLive(work) && work?.browser !== undefined && (
                  <BrowserWait title={t("change.waiting")} work={work} onCancel={() => stop(key)} />
                )}
              </>
            )}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>{t("access.close")}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
