import {
  Button,
  Checkbox,
  Combobox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  Option,
  tokens,
} from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { ChangeWindow, Day, Error as Refusal, OrganizationView } from "../../api/bindings";
import { call, refusalOf } from "../../api/client";
import { fullTime } from "../../lib/time";
import { ReasonedButton } from "../../ui/CommandBar";
import { ErrorBar } from "../../ui/ErrorBar";
import { Facts } from "../../ui/Facts";
import { StatusBadge } from "../../ui/StatusBadge";
import { invalid } from "../../ui/invalid";
import { explain, wrongInput } from "../../words/codes";
import { dayWords } from "../../words/nouns";
import { optionsOf } from "../../words/options";
import { t } from "../../words/t";

const useStyles = makeStyles({
  part: { display: "flex", flexDirection: "column", rowGap: "8px" },
  heading: { margin: 0 },
  quiet: { color: tokens.colorNeutralForeground2 },
  buttons: { display: "flex", flexWrap: "wrap", gap: "8px" },
  content: { display: "flex", flexDirection: "column", rowGap: "12px" },
  days: { display: "flex", flexWrap: "wrap", border: 0, margin: 0, padding: 0 },
  times: { display: "grid", gridTemplateColumns: "1fr 1fr", columnGap: "12px", alignItems: "start" },
});

/** When an organization's users may be switched, and what waits for it. */
export function ChangeWindowPart({ view }: { view: OrganizationView }) {
  const styles = useStyles();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const { window: hours } = view.organization;
  return (
    <section className={styles.part} aria-label={t("window.title")}>
      <h3 className={styles.heading}>{t("window.title")}</h3>
      {hours === null ? (
        <span className={styles.quiet}>{t("window.none")}</span>
      ) : (
        <Facts
          facts={[
            { name: t("window.hours"), value: hoursWords(hours) },
            {
              name: t("window.state"),
              value:
                view.window_opens === null ? (
                  <StatusBadge state="good" word={t("window.open")} />
                ) : (
                  <StatusBadge state="waiting" word={t("window.opens", { time: fullTime(view.window_opens) })} />
                ),
            },
            { name: t("switching.queuedFilter"), value: view.queued },
          ]}
        />
      )}
      <div className={styles.buttons}>
        <ReasonedButton onClick={() => setEditing(true)}>{t("window.change")}</ReasonedButton>
        {view.queued > 0 && (
          <ReasonedButton
            onClick={() => void navigate({ to: "/users", search: { org: view.organization.id, queued: true } })}
          >
            {t("window.showQueue", { n: view.queued })}
          </ReasonedButton>
        )}
      </div>
      {editing && <WindowDialog view={view} onClose={() => setEditing(false)} />}
    </section>
  );
}

/** The time zone of this computer. */
const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const usual = { days: ["monday", "tuesday", "wednesday", "thursday", "friday"] as Day[], from: "19:00", to: "06:00" };

function WindowDialog({ view, onClose }: { view: OrganizationView; onClose: () => void }) {
  const styles = useStyles();
  const { organization } = view;
  const before = organization.window;
  const [days, setDays] = useState<readonly Day[]>(before?.days ?? usual.days);
  const [from, setFrom] = useState(before ? timeWords(before.from) : usual.from);
  const [to, setTo] = useState(before ? timeWords(before.to) : usual.to);
  const [zone, setZone] = useState(before?.zone ?? ownZone);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const set = async (hours: ChangeWindow | null) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await call("organizations.set_window", { organization: organization.id, window: hours });
      onClose();
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
      setBusy(false);
    }
  };
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy && begin !== undefined && end !== undefined) {
      void set({ days: [...days], from: begin, to: end, zone });
    }
  };
  const zones = zonesLike(zone);
  return (
    <Dialog open onOpenChange={(_, data) => !data.open && onClose()}>
      <DialogSurface>
        <form onSubmit={submit} onChange={() => setRefusal(undefined)} noValidate>
          <DialogBody>
            <DialogTitle>{t("window.dialogTitle", { organization: organization.name })}</DialogTitle>
            <DialogContent className={styles.content}>
              <span>{t("window.about")}</span>
              <fieldset className={styles.days}>
                <legend>{t("window.days")}</legend>
                {optionsOf(dayWords).map(({ value, word }) => (
                  <Checkbox
                    key={value}
                    label={word}
                    checked={days.includes(value)}
                    onChange={(_, data) =>
                      setDays(data.checked ? [...days, value] : days.filter((day) => day !== value))
                    }
                  />
                ))}
              </fieldset>
              <div className={styles.times}>
                <Field label={t("window.from")} {...invalid(true, notATime(begin))}>
                  <Input value={from} onChange={(_, data) => setFrom(data.value)} />
                </Field>
                <Field
                  label={t("window.to")}
                  hint={t("window.toHint")}
                  {...invalid(true, notATime(end) ?? wrongInput(refusal, "to"))}
                >
                  <Input value={to} onChange={(_, data) => setTo(data.value)} />
                </Field>
              </div>
              <Field
                label={t("window.zone")}
                hint={t("window.zoneHint")}
                {...invalid(true, wrongInput(refusal, "zone"))}
              >
                <Combobox
                  freeform
                  value={zone}
                  onChange={(event) => setZone(event.target.value)}
                  onOptionSelect={(_, data) => {
                    setRefusal(undefined);
                    setZone(data.optionValue ?? zone);
                  }}
                >
                  {zones.map((name) => (
                    <Option key={name} value={name}>
                      {name}
                    </Option>
                  ))}
                </Combobox>
              </Field>
              {refusal && <ErrorBar failure={explain(refusal)} told={[wrongInput(refusal, "to", "zone")]} />}
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabledFocusable={busy}>
                {t("window.save")}
              </Button>
              {before !== null && (
                <Button disabledFocusable={busy} onClick={() => void set(null)}>
                  {t("window.remove")}
                </Button>
              )}
              <Button onClick={onClose}>{t("confirm.cancel")}</Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

/** So many time zones are offered; the rest come up when more is typed. */
const MOST_ZONES = 30;

function zonesLike(typed: string): string[] {
  const wanted = typed.toLowerCase();
  const all = Intl.supportedValuesOf("timeZone");
  const like = all.filter((name) => name.toLowerCase().includes(wanted));
  // A whole name is what is there already: then its neighbours are offered.
  const region = typed.split("/")[0] ?? "";
  return (like.length > 1 ? like : all.filter((name) => name.startsWith(region))).slice(0, MOST_ZONES);
}

function notATime(minutes: number | undefined): string | undefined {
  return minutes === undefined ? t("window.notATime") : undefined;
}

function minutesOf(text: string): number | undefined {
  const [, hour, minute] = /^\s*(\d{1,2}):(\d{2})\s*$/.exec(text) ?? [];
  if (hour === undefined || minute === undefined || Number(hour) > 23 || Number(minute) > 59) return undefined;
  return Number(hour) * 60 + Number(minute);
}

function timeWords(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function hoursWords({ days, from, to, zone }: ChangeWindow): string {
  return t("window.hoursWords", {
    days: days.map((day) => dayWords[day]).join(", "),
    from: timeWords(from),
    to: timeWords(to),
    zone,
  });
}
