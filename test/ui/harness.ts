/**
 * Drives a real VS Code the way its user does: code-server shown by Chromium, clicked and read through Playwright.
 * Knows VS Code's page, nothing of the extension under test.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { Browser, ElementHandle, Frame, Locator, Page } from "playwright-core";
import { launchBrowser } from "../../scripts/lib/browser.mjs";
import { makeTempDir } from "../../scripts/lib/cleanup.mjs";
import {
  NEWEST_CODE_SERVER,
  OLDEST_CODE_SERVER,
  QUIET_SETTINGS,
  type CodeServer,
  ensureCodeServer,
  startCodeServer,
  workbenchUrl,
} from "../../scripts/lib/codeServer.mjs";

/** For one thing to appear or happen; generous, since test machines are slow and shared. */
const WAIT_MS = 30_000;
/** For the workbench and the extension host to be up. */
const START_MS = 120_000;
/** Between two looks at something that is waited for. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 100;

export type Theme = "Default Light Modern" | "Default Dark Modern" | "Default High Contrast" | "Default High Contrast Light";

/** How each theme is listed, and the class that the workbench carries under it. */
const THEMES: Record<Theme, { label: string; className: string }> = {
  "Default Light Modern": { label: "Light Modern", className: "vs" },
  "Default Dark Modern": { label: "Dark Modern", className: "vs-dark" },
  "Default High Contrast": { label: "Dark High Contrast", className: "hc-black" },
  "Default High Contrast Light": { label: "Light High Contrast", className: "hc-light" },
};

export interface WorkbenchOptions {
  /** Folder to open; a temporary copy of it is. */
  workspace: string;
  /** Source folder of an extension to load as under development (needs the oldest VS Code). */
  extensionDevelopmentPath?: string;
  /** Packaged extension to install. */
  vsix?: string;
  /** Default: the oldest supported. */
  vscode?: "oldest" | "newest";
  theme?: Theme;
  /** Display language, `de`; default: English. VS Code's own words are English all the same. */
  language?: string;
  /** User settings. */
  settings?: Record<string, unknown>;
  /** Added to the environment of the extension host. */
  env?: Record<string, string>;
  /** Default 1400 x 900. */
  viewport?: { width: number; height: number };
  /**
   * Leaves server and browser running for the next window that may have them, which is open sooner. It begins with settings, storage and
   * log of its own all the same. They end with this process: for mocha with `--exit`.
   */
  keepsVscode?: boolean;
}

export interface TreeRow {
  label: string;
  /** Dimmed text after the label; "" when there is none. */
  description: string;
  /** What a screen reader says. */
  ariaLabel: string;
  /** 1 for rows at the root. */
  level: number;
  /** undefined for a row without children. */
  isExpanded: boolean | undefined;
}

export interface Notification {
  text: string;
  severity: "info" | "warning" | "error" | undefined;
  buttons: string[];
}

/** User settings that make every row stand by itself and every editor a tab. */
const TEST_SETTINGS = {
  "explorer.compactFolders": false,
  "explorer.autoReveal": false, // it takes away a selection when the file that was clicked first is open at last
  "workbench.editor.useModal": "off", // in newer ones settings open above the window
  "workbench.tree.enableStickyScroll": false, // it covers rows
};

/** Errors in the browser's console that VS Code causes by itself, without any extension. */
const KNOWN_CONSOLE_ERRORS = [
  /\/vsda(_bg)?\.(js|wasm)/, // proprietary, not in code-server
  /net::ERR_(NAME_NOT_RESOLVED|INTERNET_DISCONNECTED|CONNECTION_REFUSED|TUNNEL_CONNECTION_FAILED|PROXY_CONNECTION_FAILED)/,
  /Ignoring fetching additional builtin extensions/,
  /waiting for authentication provider/,
  /Aborted onWillSaveTextDocument-event/, // of its settings, when a participant takes longer than it allows: on a busy machine
  /Timed out getting tasks from/, // of its own extensions, on a busy machine
  /vscode-log:|IndexedDB database '[^']*' is closed/, // its own log, while the window reloads
  /TreeError \[tcpSeq\.\w+\] Data tree node not found/, // it draws a row of a tree that is just being made anew
  /Got bad scroll event/,
];

/** Uncaught errors that VS Code causes by itself: styles that reach the page around a webview before its content does. */
const KNOWN_PAGE_ERRORS = [/reading 'classList'\)[^]*\/webview\/browser\/pre\/index\.html/];

/** What windows are opened in: a server of VS Code, and a browser. */
interface Vscode {
  /** What it was started for; a window that needs something else cannot have it. */
  readonly kind: string;
  readonly server: CodeServer;
  readonly browser: Browser;
  /** One for all windows: it keeps what was downloaded and compiled, and a page of its own for each would cost a browser window. */
  readonly page: Page;
  isAlive: boolean;
}

/** What windows left to those after them, by kind. */
const kept = new Map<string, Vscode>();

async function startVscode(kind: string, options: WorkbenchOptions, folder: string): Promise<Vscode> {
  const { vsix, vscode = "oldest", language, env } = options;
  const install = await ensureCodeServer(vscode === "newest" ? NEWEST_CODE_SERVER : OLDEST_CODE_SERVER);
  const server = await startCodeServer({ install, folder, vsix: vsix === undefined ? undefined : path.resolve(vsix), language, env });
  try {
    const browser = await launchBrowser();
    const context = await browser.newContext({ locale: "en-US", timezoneId: "UTC", reducedMotion: "reduce" });
    context.setDefaultTimeout(WAIT_MS);
    await context.addInitScript(recordNotifications);
    const started: Vscode = { kind, server, browser, page: await context.newPage(), isAlive: true };
    const notice = (): void => void (started.isAlive = false);
    browser.on("disconnected", notice);
    void server.exited.then(notice);
    return started;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function stopVscode({ server, browser }: Vscode): Promise<void> {
  await browser.close();
  await server.stop();
}

/** One VS Code window with its own settings, storage and copy of a workspace. */
export class Workbench {
  /** Uncaught errors in the page or in webviews. */
  readonly pageErrors: string[] = [];
  /** Errors written to the browser's console, webviews and refused content included; VS Code's own are left out. */
  readonly consoleErrors: string[] = [];
  private loads = 0;
  private readonly notificationsBefore: string[] = [];
  /** Of windows before this one. */
  private readonly logsBefore: ReadonlySet<string>;

  private constructor(
    readonly page: Page,
    /** The temporary copy of the workspace. */
    readonly workspace: string,
    private readonly vscode: Vscode,
    private readonly keepsVscode: boolean,
    private readonly removeWorkspace: () => void,
  ) {
    this.logsBefore = new Set(this.logFiles());
  }

  /** Opens VS Code and waits until it and its extension host are ready. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const { extensionDevelopmentPath, vsix, vscode: version = "oldest", theme = "Default Light Modern", language, env } = options;
    const temp = makeTempDir("tcp-seq-ui");
    const workspace = path.join(temp.dir, path.basename(path.resolve(options.workspace)));
    fs.cpSync(options.workspace, workspace, { recursive: true });
    const kind = JSON.stringify({ version, vsix, language, env });
    let vscode = kept.get(kind);
    kept.delete(kind);
    try {
      if (vscode && !vscode.isAlive) {
        await stopVscode(vscode);
        vscode = undefined;
      }
      vscode ??= await startVscode(kind, options, workspace);
      const { server, page } = vscode;
      writeSettings(server.settingsFile, { ...QUIET_SETTINGS, ...TEST_SETTINGS, "workbench.colorTheme": theme, ...options.settings });
      await page.setViewportSize(options.viewport ?? { width: 1400, height: 900 });
      const workbench = new Workbench(page, workspace, vscode, options.keepsVscode === true, temp.remove);
      workbench.collectErrors();
      const url = workbenchUrl(server.url, {
        folder: workspace,
        extensionDevelopmentPath: extensionDevelopmentPath === undefined ? undefined : path.resolve(extensionDevelopmentPath),
      });
      await page.goto(url, { timeout: START_MS });
      await workbench.whenReady();
      return workbench;
    } catch (error) {
      if (vscode) await stopVscode(vscode);
      temp.remove();
      throw error;
    }
  }

  /** Ends the window, and VS Code unless it is kept, and removes all it wrote. */
  async close(): Promise<void> {
    const left = this.keepsVscode && this.vscode.isAlive && (await this.leave().catch(() => false));
    if (left) kept.set(this.vscode.kind, this.vscode);
    else await stopVscode(this.vscode);
    this.removeWorkspace();
  }

  /** Leaves the window as one that is closed, so that its extension host ends, and the page as a new one. */
  private async leave(): Promise<true> {
    const { page } = this;
    await page.goto("about:blank", { timeout: 10_000 });
    const session = await page.context().newCDPSession(page);
    await session.send("Storage.clearDataForOrigin", {
      origin: this.vscode.server.url,
      storageTypes: "cookies,file_systems,indexeddb,local_storage,service_workers,cache_storage",
    });
    await session.detach();
    for (const event of ["console", "dialog", "pageerror"]) page.removeAllListeners(event);
    await releaseInput(page);
    await page.context().clearPermissions();
    return true;
  }

  /** Reloads the window and waits until it is ready again. */
  async reload(): Promise<void> {
    this.notificationsBefore.push(...(await this.notificationHistory()));
    const errorsBefore = this.consoleErrors.length;
    const loaded = this.page.waitForEvent("framenavigated", { predicate: (frame) => frame === this.page.mainFrame(), timeout: START_MS });
    await this.runCommand("Developer: Reload Window"); // unlike the browser's own reload it lets VS Code store its state first
    await loaded;
    this.consoleErrors.length = errorsBefore; // what VS Code complains about when it is cut off
    await this.whenReady();
  }

  /** Lines that the extension host has logged, of all loads of the window. */
  extensionHostLog(): string {
    return this.logs((file) => file === "remoteexthost.log");
  }

  /** Lines of the extension's own log. */
  extensionLog(): string {
    return this.logs((file) => file.startsWith("TCP Seq"));
  }

  private logs(isWanted: (file: string) => boolean): string {
    return this.logFiles()
      .filter((file) => isWanted(path.basename(file)) && !this.logsBefore.has(file))
      .map((file) => fs.readFileSync(file, "utf8"))
      .join("\n");
  }

  private logFiles(): string[] {
    const root = path.join(this.vscode.server.userDataDir, "logs");
    if (!fs.existsSync(root)) return [];
    return fs.readdirSync(root, { recursive: true, encoding: "utf8" }).map((file) => path.join(root, file));
  }

  private async whenReady(): Promise<void> {
    this.loads++;
    await this.page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: START_MS });
    // VS Code's own milestones: contributions read; extensions that start with the window started.
    await this.page.waitForFunction(() => performance.getEntriesByName("code/didLoadExtensions").length > 0, undefined, {
      timeout: START_MS,
    });
    await until(
      () => this.extensionHostLog().split("Eager extensions activated").length - 1 >= this.loads,
      () => `The extension host is not ready:\n${this.extensionHostLog().slice(-2000)}\n${this.vscode.server.output().slice(-2000)}`,
      START_MS,
    );
  }

  private collectErrors(): void {
    this.page.on("pageerror", (error) => {
      const text = error.stack ?? error.message;
      if (!KNOWN_PAGE_ERRORS.some((known) => known.test(text))) this.pageErrors.push(text);
    });
    this.page.on("console", (message) => {
      if (message.type() !== "error") return;
      const text = `${message.text()} (${message.location().url})`;
      if (!KNOWN_CONSOLE_ERRORS.some((known) => known.test(text))) this.consoleErrors.push(text);
    });
  }

  // ---- Commands and menus

  /** Runs a command from the palette by what the palette shows, such as "View: Toggle Panel". */
  async runCommand(title: string): Promise<void> {
    await this.pickInPalette(`>${title}`, title);
  }

  /** Whether the palette offers a command with exactly this text. */
  async hasCommand(title: string): Promise<boolean> {
    const rows = this.quickInput.locator(".monaco-list-row");
    await this.openPalette(`>${title}`);
    await rows.first().waitFor();
    const found = await until(
      async () => {
        const labels = (await rows.locator(".label-name").allTextContents()).map((label) => label.trim());
        if (labels.some((label) => exactly(title).test(label))) return "yes";
        // Typing is answered late: only a list that says so, or offers none that match the words, is an answer.
        return labels.some((label) => label.startsWith("No matching")) ? "no" : undefined;
      },
      () => "",
      3_000,
    ).catch(() => "no");
    await this.page.keyboard.press("Escape");
    return found === "yes";
  }

  /** Opens a file of the workspace in an editor through Quick Open. */
  async openFile(name: string): Promise<void> {
    await this.pickInPalette(name, path.basename(name));
    await this.page
      .getByRole("tab", { name: path.basename(name) })
      .first()
      .waitFor();
  }

  /** The box of palette, Quick Open and quick picks. */
  get quickInput(): Locator {
    return this.page.locator(".quick-input-widget:visible");
  }

  /** Puts the cursor of the active editor on a line, counted from 1, through Quick Open. */
  async goToLine(line: number): Promise<void> {
    const status = this.page.locator(".statusbar-item").filter({ hasText: new RegExp(`^Ln ${String(line)}, `) });
    await until(
      async () => {
        await this.openPalette(`:${String(line)}`);
        await this.page.keyboard.press("Enter");
        return succeeds(() => status.waitFor({ timeout: 2_000 }));
      },
      () => `The cursor does not come to line ${String(line)}.`,
    );
  }

  private async openPalette(text: string): Promise<void> {
    // What opens elsewhere at the same time, such as an editor, takes the focus and so closes the palette again.
    await until(
      async () => {
        if (!(await this.quickInput.isVisible())) await this.page.keyboard.press("F1");
        return succeeds(async () => {
          await this.quickInput.locator("input").fill(text, { timeout: 3_000 });
        });
      },
      () => "The command palette does not open.",
    );
  }

  private async pickInPalette(text: string, label: string): Promise<void> {
    const row = this.quickInput
      .locator(".monaco-list-row")
      .filter({ has: this.page.locator(".label-name", { hasText: exactly(label) }) })
      .first();
    await until(
      async () => {
        await this.openPalette(text);
        return succeeds(() => row.click({ timeout: 5_000 }));
      },
      () => `The command palette does not offer "${label}".`,
    );
  }

  /** Names of the entries of the menu that is open. */
  async menuEntries(): Promise<string[]> {
    await this.menu.waitFor();
    const labels = await this.menu.locator(".action-item:not(.disabled) > .action-menu-item .action-label").allTextContents();
    return labels.map((label) => label.trim()).filter(Boolean);
  }

  /** Clicks an entry of the menu that is open. */
  async clickMenuEntry(name: string): Promise<void> {
    const entry = this.menu.locator(".action-menu-item").filter({ has: this.page.locator(".action-label", { hasText: exactly(name) }) });
    await entry.waitFor();
    // A menu passes over a click in its first tenth of a second.
    await until(
      async () => {
        if (await this.menu.isHidden()) return true;
        await succeeds(() => entry.click({ timeout: 5_000 }));
        return succeeds(() => this.menu.waitFor({ state: "hidden", timeout: 1_000 }));
      },
      () => `The menu does not close after a click on "${name}".`,
    );
  }

  /** Closes the menu that is open. */
  async closeMenu(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.menu.waitFor({ state: "hidden" });
  }

  private get menu(): Locator {
    return this.page.locator(".monaco-menu:visible").last();
  }

  // ---- Explorer

  /** Shows the Explorer and opens the context menu of a file or folder of the workspace (path with "/"). */
  async openExplorerMenu(file: string): Promise<void> {
    const row = await this.explorerRow(file);
    // The hover of the activity bar's icon would cover the row.
    await this.page.mouse.move(900, 300);
    await this.page.locator(".context-view .hover-contents").waitFor({ state: "hidden" });
    await row.click({ button: "right" });
    await this.menu.waitFor();
  }

  /** Clicks an entry of the context menu of a file in the Explorer. */
  async clickExplorerMenuEntry(file: string, entry: string): Promise<void> {
    await this.openExplorerMenu(file);
    await this.clickMenuEntry(entry);
  }

  /** Selects several files in the Explorer, as with Ctrl held down. */
  async selectInExplorer(files: string[]): Promise<void> {
    for (const [index, file] of files.entries()) {
      const row = await this.explorerRow(file);
      await row.click({ modifiers: index === 0 ? [] : ["ControlOrMeta"] });
    }
  }

  private async explorerRow(file: string): Promise<Locator> {
    await this.openViewContainer("Explorer");
    const rows = this.page.locator(".explorer-folders-view .monaco-list-row");
    const parts = file.split("/");
    for (const [depth, name] of parts.entries()) {
      const row = rows
        .and(this.page.locator(`[aria-level="${depth + 1}"]`))
        .filter({ has: this.page.locator(".label-name", { hasText: exactly(name) }) })
        .first();
      await row.waitFor();
      if (depth === parts.length - 1) return row;
      if ((await row.getAttribute("aria-expanded")) === "false") await row.click();
    }
    throw new Error("A path is needed.");
  }

  // ---- Views

  /** Shows a view container by its title in the activity bar, such as "Explorer". */
  async openViewContainer(title: string): Promise<void> {
    const tab = this.page.locator(".part.activitybar").getByRole("tab", { name: new RegExp(`^${escapeRegExp(title)}( \\(|$| -)`) });
    await tab.waitFor();
    const sidebar = this.page.locator(".part.sidebar:visible");
    const isOpen = async (): Promise<boolean> => (await tab.getAttribute("aria-selected")) === "true" && (await sidebar.count()) > 0;
    await until(
      async () => {
        if (await isOpen()) return true;
        await tab.click(); // another click would close it
        return until(isOpen, () => "", 1_000).catch(() => false);
      },
      () => `The view container "${title}" does not open.`,
    );
  }

  /** The view with this title in the visible side bar or panel; opened up when it is collapsed. */
  async view(title: string): Promise<Locator> {
    const header = this.page.locator(".pane-header").filter({ has: this.page.locator("h3.title", { hasText: exactly(title) }) });
    const pane = this.page.locator(".pane").filter({ has: header });
    await pane.waitFor();
    if ((await header.getAttribute("aria-expanded")) === "false") await header.click();
    await pane.locator(".pane-body").waitFor();
    return pane;
  }

  /** What a view shows as text: its message or welcome content, or its visible rows. */
  async viewText(title: string): Promise<string> {
    return (await this.view(title)).locator(".pane-body").innerText();
  }

  /** Waits until that text is accepted, and returns it. */
  async whenViewText(title: string, accept: (text: string) => boolean): Promise<string> {
    let text = "";
    await until(
      async () => accept((text = await this.viewText(title))),
      () => `The view "${title}" says only: ${text}`,
    );
    return text;
  }

  /** Clicks a link or button of a view's message or welcome content. */
  async clickViewLink(title: string, name: string): Promise<void> {
    const view = await this.view(title);
    await view
      .locator(".pane-body")
      .locator("a, .monaco-button")
      .filter({ hasText: exactly(name) })
      .first()
      .click();
  }

  /** Clicks a button in a view's title bar. */
  async clickViewAction(title: string, name: string): Promise<void> {
    const view = await this.view(title);
    await view.hover();
    const inHeader = view.locator(".pane-header .action-label").and(this.page.locator(`[aria-label^="${name}"]`));
    const inTitle = this.page.locator(".composite.title .action-label").and(this.page.locator(`[aria-label^="${name}"]`));
    await inHeader.or(inTitle).first().click();
  }

  /** All rows of a tree view, those scrolled out of sight included. */
  async treeRows(title: string): Promise<TreeRow[]> {
    const view = await this.view(title);
    const rows = new Map<number, TreeRow>();
    const list = view.locator(".monaco-list").first();
    if ((await list.count()) === 0 || !(await list.isVisible())) return [];
    await this.scrollToTop(list);
    await until(
      async () => {
        const { height, total, seen } = await list.evaluate(readList);
        for (const { index, row } of seen) rows.set(index, row);
        for (const index of rows.keys()) if (index >= total) rows.delete(index); // the list became shorter
        if (rows.size >= total) return true;
        // A list that went on too far, or was made anew meanwhile, is gone through again.
        if (seen.some(({ index }) => index === total - 1)) await this.scrollToTop(list);
        else await this.wheel(list, Math.max(20, height - 44));
        return await list.isHidden();
      },
      () => `The view "${title}" does not show all its rows.`,
      WAIT_MS,
      0,
    );
    await this.scrollToTop(list);
    return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
  }

  /** Waits until a tree view has rows that satisfy `accept` (default: any), and returns them. */
  async whenTreeRows(title: string, accept: (rows: TreeRow[]) => boolean = (rows) => rows.length > 0): Promise<TreeRow[]> {
    let rows: TreeRow[] = [];
    await until(
      async () => accept((rows = await this.treeRows(title))),
      () => `The view "${title}" shows only: ${JSON.stringify(rows)}`,
    );
    return rows;
  }

  /** Waits until a tree view has a row that is wanted, and returns it. Sooner than all rows: those in sight are asked first. */
  async whenTreeRow(title: string, isWanted: (row: TreeRow) => boolean): Promise<TreeRow> {
    let rows: TreeRow[] = [];
    return until(
      async () => {
        const list = (await this.view(title)).locator(".monaco-list").first();
        const inSight = (await list.isVisible()) ? (await list.evaluate(readList)).seen : [];
        const [first] = inSight.filter(({ row }) => isWanted(row)).sort((a, b) => a.index - b.index);
        return first?.row ?? (rows = await this.treeRows(title)).find(isWanted);
      },
      () => `The view "${title}" shows only: ${JSON.stringify(rows)}`,
    );
  }

  /** Clicks a row of a tree view. */
  async clickTreeRow(title: string, label: string): Promise<void> {
    await (await this.treeRow(title, label)).click();
  }

  /** Goes to a row of the tree view that has the focus with the arrow keys, from the first row on. */
  async goToTreeRow(title: string, label: string): Promise<void> {
    const list = (await this.view(title)).locator(".monaco-list").first();
    await until(
      () => list.evaluate((element) => element.contains(document.activeElement)),
      () => `The view "${title}" does not take the focus.`,
    );
    const focused = list.locator(".monaco-list-row.focused").filter({ has: this.page.locator(".label-name", { hasText: exactly(label) }) });
    // A key is lost while the list is made anew.
    await until(
      async () => {
        await this.page.keyboard.press("Home");
        for (let pressed = 0; pressed < 20 && (await focused.count()) === 0; pressed++) {
          await this.page.keyboard.press("ArrowDown");
          await nextFrame(this.page);
        }
        return (await focused.count()) > 0;
      },
      () => `The arrow keys do not lead to "${label}" in the view "${title}".`,
    );
  }

  /** Opens a collapsed row of a tree view. */
  async expandTreeRow(title: string, label: string): Promise<void> {
    const row = await this.treeRow(title, label);
    if ((await row.getAttribute("aria-expanded")) === "false") await row.locator(".monaco-tl-twistie").click();
    await row.and(this.page.locator('[aria-expanded="true"]')).waitFor();
  }

  /** Clicks an entry of the context menu of a tree row. */
  async clickTreeRowMenuEntry(title: string, label: string, entry: string): Promise<void> {
    await (await this.treeRow(title, label)).click({ button: "right" });
    await this.clickMenuEntry(entry);
  }

  /** Text that appears when the pointer rests on a row of a tree view. */
  async treeRowTooltip(title: string, label: string): Promise<string> {
    const row = await this.treeRow(title, label);
    const hover = this.page.locator(".monaco-hover:visible").last();
    await this.page.mouse.move(700, 1);
    await hover.waitFor({ state: "hidden" });
    await row.locator(".label-name").hover();
    await hover.waitFor();
    const text = await until(
      async () => {
        const now = await hover.innerText();
        return /^\s*Loading\.\.\.\s*$/.test(now) ? undefined : now;
      },
      () => `The tooltip of "${label}" stays at "Loading...".`,
    );
    await this.page.mouse.move(700, 1);
    return text.trim();
  }

  /** The row of a tree view with this label, scrolled into sight. */
  async treeRow(title: string, label: string): Promise<Locator> {
    const view = await this.view(title);
    const list = view.locator(".monaco-list").first();
    await list.waitFor();
    const row = view
      .locator(".monaco-list-row")
      .filter({ has: this.page.locator(".label-name", { hasText: exactly(label) }) })
      .first();
    if (!(await isInside(row, list))) {
      await this.scrollToTop(list);
      let passes = 0;
      await until(
        async () => {
          if (await isInside(row, list)) return true;
          const wasAt = await list.locator(".monaco-list-row").allTextContents();
          await this.wheel(list, Math.max(22, Math.floor(((await list.boundingBox())?.height ?? 0) / 3)));
          const isAt = await list.locator(".monaco-list-row").allTextContents();
          if (wasAt.join("\n") === isAt.join("\n") && ++passes % 4 === 0) await this.scrollToTop(list);
          return false;
        },
        () => `The view "${title}" has no row "${label}".`,
        WAIT_MS,
        20,
      );
    }
    return row;
  }

  /** Scrolls a list up with the wheel, which is left above it. */
  private async scrollToTop(list: Locator): Promise<void> {
    await until(
      async () => {
        // A list that has become empty gives way to welcome content.
        if (await list.isHidden()) return true;
        if (!(await this.wheel(list, 0))) return false;
        if (await isInside(list.locator('.monaco-list-row[data-index="0"]').first(), list)) return true;
        if ((await list.locator(".monaco-list-row").count()) === 0) return true;
        await this.wheel(list, -5_000);
        return false;
      },
      () => "A list does not scroll.",
      WAIT_MS,
      20,
    );
  }

  /** Turns the wheel above a list, wherever that is now: a message above it moves it. False when the pointer does not reach it. */
  private async wheel(list: Locator, pixels: number): Promise<boolean> {
    const isThere = await list.evaluate((element) => element.matches(":hover"), undefined, { timeout: 1_000 }).catch(() => false);
    if (!isThere && !(await succeeds(() => list.hover({ position: { x: 20, y: 10 }, timeout: 1_000 })))) return false;
    if (pixels !== 0) await this.page.mouse.wheel(0, pixels);
    await nextFrame(this.page);
    return true;
  }

  // ---- Webviews

  /** The document of the webview that is visible among the editors, or in the side bar, once its content is there. */
  async webviewFrame(place: "editor" | "sidebar" = "editor"): Promise<Frame> {
    return until(
      async () => {
        for (const outer of await this.page.locator("iframe.webview.ready:visible").elementHandles()) {
          // Webviews lie above the window, not in their part of it.
          if (!(await isWithin(outer, this.page.locator(`.part.${place}`)))) continue;
          // While a webview is replaced, its frames go away at any moment.
          const frame = await readyFrame(outer).catch(() => undefined);
          if (frame) return frame;
        }
        return undefined;
      },
      () => "No webview is shown.",
    );
  }

  /** Titles of the open editors. */
  async editorTitles(): Promise<string[]> {
    const tabs = await this.page.locator(".part.editor .tab").all();
    const names = await Promise.all(tabs.map((tab) => tab.getAttribute("aria-label")));
    return names.map((name) => (name ?? "").replace(/, (preview|pinned|Editor Group \d+).*$/, ""));
  }

  // ---- Notifications

  /** Notifications on the screen now. */
  async notifications(): Promise<Notification[]> {
    return this.page.locator(".notifications-toasts .notification-list-item").evaluateAll((items) =>
      items.map((item) => {
        const severity = (["info", "warning", "error"] as const).find((name) => item.querySelector(`.codicon-${name}`));
        const buttons = [...item.querySelectorAll(".notification-list-item-buttons-container .monaco-button")];
        return {
          text: item.querySelector(".notification-list-item-message")?.textContent?.trim() ?? "",
          severity,
          buttons: buttons.map((button) => button.textContent?.trim() ?? "").filter((label) => label !== ""),
        };
      }),
    );
  }

  /** Texts of all notifications since the window was loaded, those that have gone included. */
  async notificationHistory(): Promise<string[]> {
    return this.page.evaluate(() => (globalThis as { shownNotifications?: string[] }).shownNotifications ?? []);
  }

  /** Waits for a notification on the screen whose text matches. */
  async whenNotification(text: string | RegExp): Promise<Notification> {
    const matches = (each: Notification) => (typeof text === "string" ? each.text.includes(text) : text.test(each.text));
    let shown: Notification[] = [];
    return until(
      async () => (shown = await this.notifications()).find(matches),
      () => `No notification matches ${text}; shown: ${JSON.stringify(shown)}`,
    );
  }

  /** Clicks a button of the notification whose text matches. */
  async clickNotificationButton(text: string | RegExp, button: string): Promise<void> {
    await this.whenNotification(text);
    const item = this.page.locator(".notifications-toasts .notification-list-item").filter({ hasText: text }).first();
    // A notification that is drawn anew while the mouse is down loses the click; one whose button was pressed goes.
    const isGone = async (): Promise<boolean> => {
      // Some themes and widths hide the buttons until the pointer is there.
      await item.hover();
      await item.locator(".monaco-button", { hasText: exactly(button) }).click();
      return item.waitFor({ state: "hidden", timeout: 5000 }).then(
        () => true,
        () => false,
      );
    };
    await until(isGone, () => `The notification stays although its button ${button} was clicked.`);
  }

  /** Closes all notifications. */
  async clearNotifications(): Promise<void> {
    if ((await this.notifications()).length > 0) await this.runCommand("Notifications: Clear All Notifications");
    await this.page.locator(".notifications-toasts .notification-list-item").first().waitFor({ state: "hidden" });
  }

  // ---- Settings and looks

  /** Changes a user setting in the running VS Code, through its editor for settings.json. */
  async setSetting(name: string, value: unknown): Promise<void> {
    const read = () => JSON.parse(fs.readFileSync(this.vscode.server.settingsFile, "utf8")) as Record<string, unknown>;
    await this.runCommand("Preferences: Open User Settings (JSON)");
    const tab = this.page.getByRole("tab", { name: /^settings\.json/, selected: true });
    await tab.waitFor();
    const editor = this.page.locator(".part.editor .monaco-editor").filter({ visible: true }).first();
    await editor.locator(".view-lines").click();
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.insertText(JSON.stringify({ ...read(), [name]: value }));
    // The editor may have added a closing bracket.
    await this.page.keyboard.press(process.platform === "darwin" ? "Meta+Shift+ArrowDown" : "Control+Shift+End");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.press("ControlOrMeta+S");
    await until(
      () => {
        try {
          return JSON.stringify(read()[name]) === JSON.stringify(value);
        } catch {
          return false; // half written
        }
      },
      () => `The setting ${name} was not saved.`,
    );
    // What runs the moment the file is saved may be lost.
    await until(
      async () => {
        await this.runCommand("View: Close Editor");
        return tab.waitFor({ state: "hidden", timeout: 2000 }).then(
          () => true,
          () => false,
        );
      },
      () => "The settings stay open.",
    );
  }

  /** Changes the colour theme, as a user does, unless it is there already, and waits until it is. */
  async setTheme(theme: Theme): Promise<void> {
    const { className, label } = THEMES[theme];
    const workbench = this.page.locator(`.monaco-workbench.${className}`);
    if ((await workbench.count()) > 0) return;
    await this.runCommand("Preferences: Color Theme");
    const input = this.quickInput.locator("input");
    await until(
      async () => /theme/i.test((await input.getAttribute("placeholder")) ?? ""),
      () => "The list of themes does not open.",
    );
    await input.fill(label);
    const row = this.quickInput.locator(".monaco-list-row").filter({ has: this.page.locator(".label-name", { hasText: exactly(label) }) });
    await row.first().click();
    await this.quickInput.waitFor({ state: "hidden" });
    await workbench.waitFor();
  }

  /** Saves a picture of the window. */
  async screenshot(file: string): Promise<void> {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
  }

  /** For `afterEach`: saves a picture to `out/failures` when the test failed. */
  async screenshotIfFailed(test: Mocha.Test | undefined): Promise<void> {
    if (test?.state !== "failed") return;
    const file = path.join(
      "out",
      "failures",
      `${test
        .fullTitle()
        .replace(/[^\w-]+/g, "-")
        .slice(0, 120)}.png`,
    );
    if (await succeeds(() => this.screenshot(file))) console.error(`Picture of the failure: ${file}`);
  }

  /** Fails when the page or a webview reported errors since the window was opened, other than notifications and what is `expected`. */
  async assertNoErrors(expected: readonly RegExp[] = []): Promise<void> {
    const shown = [...this.notificationsBefore, ...(await this.notificationHistory())]; // VS Code writes those that are errors to the console as well
    const isExpected = (error: string) =>
      shown.some((text) => text !== "" && error.includes(text)) || expected.some((pattern) => pattern.test(error));
    const errors = this.consoleErrors.filter((error) => !isExpected(error));
    assert.deepEqual([...this.pageErrors, ...errors], []);
  }
}

/**
 * Asks again and again until `question` answers with something other than false or undefined: every `intervalMs`, by default soon and
 * then less often. Throws with `message` when the time is over.
 */
export async function until<T>(
  question: () => T | Promise<T>,
  message: () => string,
  timeoutMs = WAIT_MS,
  intervalMs?: number,
): Promise<NonNullable<Exclude<T, false>>> {
  const endMs = Date.now() + timeoutMs;
  for (let pauseMs = intervalMs ?? FIRST_PAUSE_MS; ; pauseMs = intervalMs ?? Math.min(LONGEST_PAUSE_MS, 1.5 * pauseMs)) {
    const answer = await question();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    if (Date.now() > endMs) throw new Error(message());
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Replaces all user settings. At one stroke: VS Code may read them at any moment. */
function writeSettings(file: string, settings: Record<string, unknown>): void {
  fs.writeFileSync(`${file}.new`, JSON.stringify(settings, undefined, 2));
  fs.renameSync(`${file}.new`, file);
}

/** Whether the middle of an element lies in another's box. */
async function isWithin(element: ElementHandle, area: Locator): Promise<boolean> {
  const [inner, outer] = await Promise.all([element.boundingBox().catch(() => null), area.boundingBox()]);
  if (!inner || !outer) return false;
  const [x, y] = [inner.x + inner.width / 2, inner.y + inner.height / 2];
  return x >= outer.x && x < outer.x + outer.width && y >= outer.y && y < outer.y + outer.height;
}

/** Whether an action that may be tried again was done. */
async function succeeds(action: () => Promise<void>): Promise<boolean> {
  return action().then(
    () => true,
    () => false,
  );
}

/** Matches the whole text, whichever white space VS Code puts into it or around it. */
function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${escapeRegExp(text).replace(/\s+/g, "\\s+")}\\s*$`);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Whether an element is in the document and within the height of its list. */
async function isInside(row: Locator, list: Locator): Promise<boolean> {
  if ((await row.count()) === 0) return false;
  const box = await row.boundingBox({ timeout: 1_000 }).catch(() => null); // it may go at any moment
  const outer = await list.boundingBox();
  return Boolean(box && outer && box.y >= outer.y - 1 && box.y + box.height <= outer.y + outer.height + 1);
}

/** The document within a webview's frame, when it is loaded. Rejects when the frame is detached. */
async function readyFrame(outer: ElementHandle): Promise<Frame | undefined> {
  const inner = await (await outer.contentFrame())?.$("iframe#active-frame");
  const frame = (await inner?.contentFrame()) ?? undefined;
  const isReady = await frame?.evaluate(() => document.readyState === "complete" && document.body.childElementCount > 0);
  return isReady ? frame : undefined;
}

/** Lets go of what a test that failed may have held, and takes the pointer away. */
async function releaseInput({ keyboard, mouse }: Page): Promise<void> {
  for (const key of ["Control", "Shift", "Alt", "Meta"]) await keyboard.up(key);
  await mouse.up();
  await mouse.move(0, 0);
}

function nextFrame(page: Page): Promise<void> {
  return page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
}

/** Runs in the page: a list's height in pixels, how many rows it has, and those that are there as elements. */
function readList(list: Element): { height: number; total: number; seen: { index: number; row: TreeRow }[] } {
  const seen = [...list.querySelectorAll(".monaco-list-row")].map((element) => {
    const expanded = element.getAttribute("aria-expanded");
    return {
      index: Number(element.getAttribute("data-index")),
      row: {
        label: element.querySelector(".label-name")?.textContent?.trim() ?? "",
        description: element.querySelector(".label-description")?.textContent?.trim() ?? "",
        ariaLabel: element.getAttribute("aria-label") ?? "",
        level: Number(element.getAttribute("aria-level")),
        isExpanded: expanded === null ? undefined : expanded === "true",
      },
    };
  });
  const { height } = list.getBoundingClientRect();
  // What scrolls is as high as all rows together.
  const whole = list.querySelector(".monaco-list-rows")?.getBoundingClientRect().height ?? 0;
  const rowHeight = list.querySelector(".monaco-list-row")?.getBoundingClientRect().height ?? 0;
  return { height, total: rowHeight > 0 ? Math.round(whole / rowHeight) : 0, seen };
}

/** Runs in the page before any of its scripts; keeps what notifications said, since they go away by themselves. */
function recordNotifications(): void {
  const shown: string[] = [];
  (globalThis as { shownNotifications?: string[] }).shownNotifications = shown;
  const seen = new WeakMap<Element, string>();
  new MutationObserver(() => {
    for (const element of document.querySelectorAll(".notifications-toasts .notification-list-item-message")) {
      const text = element.textContent?.trim() ?? "";
      if (text === "" || seen.get(element) === text) continue;
      seen.set(element, text);
      shown.push(text);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}
