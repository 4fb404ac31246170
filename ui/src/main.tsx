import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { openDoor } from "./api/client";
import { newQueryClient } from "./api/queries";
import { newRouter } from "./routes";

// Only the development build with the pretend backend contains it: the condition is settled when the bundle is made.
if (import.meta.env.MODE === "fake") {
  const { fakeDoor } = await import("./api/fake");
  openDoor(fakeDoor());
}

const place = document.getElementById("root");
if (!place) throw new Error("index.html has no root element");
createRoot(place).render(
  <StrictMode>
    <App client={newQueryClient()} router={newRouter()} />
  </StrictMode>,
);
