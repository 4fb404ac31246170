import { makeStyles, Tab, TabList } from "@fluentui/react-components";

const useStyles = makeStyles({
  // Two rows whose tabs stand below each other; of one row that scrolls, nobody would know what is beside it.
  tabs: {
    display: "grid",
    gridTemplateColumns: "repeat(3, max-content)",
    justifyItems: "start",
    columnGap: "8px",
    marginLeft: "-6px",
    marginBottom: "12px",
  },
  // The library leaves room for bold words, and centres others in it.
  tab: { "& .fui-Tab__content": { justifySelf: "start" } },
});

type Props<Value extends string> = {
  readonly value: Value;
  readonly tabs: ReadonlyArray<{ readonly value: Value; readonly word: string }>;
  readonly onChoose: (value: Value) => void;
};

/** The tabs of a details panel, in rows of three. */
export function PanelTabs<Value extends string>({ value, tabs, onChoose }: Props<Value>) {
  const styles = useStyles();
  return (
    <TabList
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
