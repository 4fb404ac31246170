import { Tab, TabList } from "@fluentui/react-components";
import { usePlace } from "../../lib/place";
import { Page } from "../../ui/Page";
import { t } from "../../words/t";
import { About } from "./About";
import { General } from "./General";
import { Journal } from "./Journal";
import { Tenants } from "./Tenants";
import { settingsSearch } from "./search";
import { Traffic } from "./Traffic";

const tabs = ["general", "tenants", "traffic", "journal", "about"] as const;

/** How the window looks, who is connected, and what this Rollcall is. */
export function SettingsPage() {
  const [place, change] = usePlace(settingsSearch);
  const tab = place.tab ?? "general";
  return (
    <Page
      title={t("settings.title")}
      reading
      head={
        <TabList
          size="small"
          selectedValue={tab}
          data-region="commands"
          onTabSelect={(_, data) => change({ tab: data.value as (typeof tabs)[number] })}
        >
          {tabs.map((one) => (
            <Tab key={one} value={one}>
              {t(`settings.tab.${one}`)}
            </Tab>
          ))}
        </TabList>
      }
    >
      <div role="tabpanel" aria-label={t(`settings.tab.${tab}`)}>
        {tab === "general" && <General />}
        {tab === "tenants" && <Tenants />}
        {tab === "traffic" && <Traffic />}
        {tab === "journal" && <Journal />}
        {tab === "about" && <About />}
      </div>
    </Page>
  );
}
