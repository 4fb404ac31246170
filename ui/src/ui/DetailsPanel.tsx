import { Button, makeStyles, Tooltip, tokens } from "@fluentui/react-components";
import { ChevronDownRegular, ChevronUpRegular, DismissRegular } from "@fluentui/react-icons";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { followPointer } from "../lib/drag";
import { usePreferences } from "../lib/preferences";
import { t } from "../words/t";

const useStyles = makeStyles({
  panel: {
    position: "relative",
    display: "flex",
    flexDirection: "column",
    flexShrink: 0,
    maxWidth: "60%",
    minHeight: 0,
    borderLeft: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground1,
    outline: "none",
  },
  handle: {
    position: "absolute",
    left: "-4px",
    top: 0,
    bottom: 0,
    width: "8px",
    cursor: "col-resize",
    zIndex: 1,
    ":focus-visible": { backgroundColor: tokens.colorBrandStroke1, outline: "none" },
    ":hover": { backgroundColor: tokens.colorNeutralStroke1 },
  },
  head: {
    display: "flex",
    alignItems: "start",
    columnGap: "4px",
    padding: "12px 12px 8px 16px",
  },
  names: { flexGrow: 1, minWidth: 0 },
  title: {
    margin: 0,
    fontSize: tokens.fontSizeBase400,
    lineHeight: tokens.lineHeightBase400,
    fontWeight: tokens.fontWeightSemibold,
    overflowWrap: "anywhere",
  },
  subtitle: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  body: { flexGrow: 1, minHeight: 0, overflowY: "auto", padding: "0 16px 16px" },
});

type Props = {
  readonly title: string;
  readonly subtitle?: ReactNode;
  /** What can be done with the title, beside it. */
  readonly titled?: ReactNode;
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly onPrevious?: (() => void) | undefined;
  readonly onNext?: (() => void) | undefined;
  /** Changes when another object is shown, so that reading starts at the top. */
  readonly subject: string;
};

/** Details of one row beside its grid. Escape closes it; whoever opened it takes the focus back. */
export function DetailsPanel(props: Props) {
  const styles = useStyles();
  const titleId = useId();
  const panel = useRef<HTMLElement>(null);
  const { panelWidth, setPanelWidth } = usePreferences();
  useEffect(() => panel.current?.focus(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    props.onClose();
  };
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const right = event.clientX + panelWidth;
    followPointer(event, (clientX) => setPanelWidth(right - clientX));
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape has to work from everything inside
    <aside
      ref={panel}
      tabIndex={-1}
      className={styles.panel}
      style={{ width: panelWidth }}
      aria-labelledby={titleId}
      data-region="panel"
      onKeyDown={onKeyDown}
    >
      <div
        className={styles.handle}
        role="slider"
        tabIndex={0}
        aria-orientation="horizontal"
        aria-label={t("panel.width")}
        aria-valuemin={320}
        aria-valuemax={640}
        aria-valuenow={panelWidth}
        onPointerDown={drag}
        onKeyDown={(event) => {
          if (event.key === "ArrowLeft") setPanelWidth(panelWidth + 16);
          if (event.key === "ArrowRight") setPanelWidth(panelWidth - 16);
        }}
      />
      <header className={styles.head}>
        <div className={styles.names}>
          <h2 id={titleId} className={styles.title}>
            {props.title}
          </h2>
          <div className={styles.subtitle}>{props.subtitle}</div>
        </div>
        {props.titled}
        <PanelButton label={t("panel.previous")} icon={<ChevronUpRegular />} onRun={props.onPrevious} />
        <PanelButton label={t("panel.next")} icon={<ChevronDownRegular />} onRun={props.onNext} />
        <PanelButton label={t("panel.close")} icon={<DismissRegular />} onRun={props.onClose} />
      </header>
      <div key={props.subject} className={styles.body} data-scrolls>
        {props.children}
      </div>
    </aside>
  );
}

/** A button of a panel's head. */
export function PanelButton({
  label,
  icon,
  onRun,
}: {
  label: string;
  icon: React.ReactElement;
  onRun: (() => void) | undefined;
}) {
  return (
    <Tooltip content={label} relationship="label">
      <Button appearance="subtle" size="small" icon={icon} disabledFocusable={onRun === undefined} onClick={onRun} />
    </Tooltip>
  );
}
