import { FluentProvider } from "@fluentui/react-components";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { useFreshness } from "./api/queries";
import { useSharedSettings } from "./api/settings";
import { CutOffProofs } from "./features/scope/CutOffProofs";
import { CutOffActions } from "./features/users/CutOffActions";
import { CutOffPasses } from "./features/organizations/CutOffPasses";
import { CutOff } from "./features/verify/CutOff";
import { useMedia } from "./lib/media";
import { usePreferences } from "./lib/preferences";
import type { newRouter } from "./routes";
import { darkTheme, lightTheme } from "./ui/theme";

type Props = { readonly client: QueryClient; readonly router: ReturnType<typeof newRouter> };

/** Everything that surrounds the pages: theme, cache, addresses. */
export function App({ client, router }: Props) {
  const choice = usePreferences((all) => all.theme);
  const systemIsDark = useMedia("(prefers-color-scheme: dark)");
  const dark = choice === "dark" || (choice === "system" && systemIsDark);
  // What the engine draws itself, such as the arrows of a number, lies in dialogs too: they are no part of the provider's element.
  useEffect(() => {
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
  }, [dark]);
  useFreshness(client);
  useSharedSettings();
  return (
    <FluentProvider theme={dark ? darkTheme : lightTheme}>
      <QueryClientProvider client={client}>
        <CutOff />
        <CutOffProofs />
        <CutOffPasses />
        <CutOffActions />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </FluentProvider>
  );
}
