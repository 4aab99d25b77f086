/** What taking pictures of the window needs, for the README and for the walkthrough. */
import type { Locator } from "playwright-core";
import type { Workbench } from "./harness";

/** A part of the window, pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Drags the side bar's edge, as a user does to read long lines. */
export async function widenSideBar({ page }: Workbench, to: number): Promise<void> {
  const { x, y, width, height } = await boxOf(page.locator(".part.sidebar"));
  await page.mouse.move(x + width, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + to, y + height / 2, { steps: 4 });
  await page.mouse.up();
}

/** Where the last of these elements stands. */
export async function boxOf(locator: Locator): Promise<Box> {
  const box = await locator.last().boundingBox();
  if (!box) throw new Error("Nothing is shown there.");
  return box;
}
