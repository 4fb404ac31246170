import { makeStyles, Tab, TabList } from "@fluentui/react-components";
import { useEffect, useRef } from "react";

const useStyles = makeStyles({
  tabs: {
    marginLeft: "-6px",
    marginBottom: "12px",
    flexWrap: "nowrap",
    flexShrink: 0,
    overflowX: "auto",
    scrollbarWidth: "thin",
  },
  tab: { flexShrink: 0, whiteSpace: "nowrap" },
});

type Props<Value extends string> = {
  readonly value: Value;
  readonly tabs: ReadonlyArray<{ readonly value: Value; readonly word: string }>;
  readonly onChoose: (value: Value) => void;
};

/** The tabs of a details panel, in one row that scrolls where the panel is narrow. The chosen one is in sight. */
export function PanelTabs<Value extends string>({ value, tabs, onChoose }: Props<Value>) {
  const styles = useStyles();
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const chosen = row.current?.querySelector(`[role=tab][value="${value}"]`);
    chosen?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [value]);
  return (
    <TabList
      ref={row}
      className={styles.tabs}
      size="small"
      selectedValue={value}
      onTabSelect={(_, data) => onChoose(data.value as Value)}
    >
      {tabs.map((tab) => (
        <Tab key={tab.value} value={tab.value} className={styles.tab}>
          {tab.word}
        </Tab>
      ))}
    </TabList>
  );
}
