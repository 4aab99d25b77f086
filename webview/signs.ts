/** Small shapes on a canvas: what a point is, told by shape and by colour. */
import type { Theme } from "./theme";

/** Everything that has a sign. */
export type SignName =
  | "segment"
  | "ack"
  | "window"
  | "syn"
  | "fin"
  | "reset"
  | "retransmission"
  | "outOfOrder"
  | "gap"
  | "conflict"
  | "keepAlive"
  | "inFinding"
  | "open"
  | "closed"
  | "silent"
  | "packet"
  | "syns"
  | "completed";

/** How a sign looks without its colour. */
export type Shape =
  "beam" | "line" | "dashes" | "up" | "down" | "cross" | "square" | "diamond" | "box" | "ring" | "disc" | "dot" | "halo" | "area";

const SIGNS: Readonly<Record<SignName, { readonly shape: Shape; readonly color: keyof Theme }>> = {
  segment: { shape: "beam", color: "series" },
  ack: { shape: "line", color: "green" },
  window: { shape: "dashes", color: "muted" },
  syn: { shape: "up", color: "foreground" },
  fin: { shape: "down", color: "foreground" },
  reset: { shape: "square", color: "red" },
  retransmission: { shape: "diamond", color: "orange" },
  outOfOrder: { shape: "box", color: "yellow" },
  gap: { shape: "ring", color: "purple" },
  conflict: { shape: "cross", color: "red" },
  keepAlive: { shape: "dot", color: "muted" },
  inFinding: { shape: "halo", color: "foreground" },
  open: { shape: "disc", color: "green" },
  closed: { shape: "cross", color: "red" },
  silent: { shape: "ring", color: "muted" },
  packet: { shape: "dot", color: "series" },
  syns: { shape: "area", color: "series" },
  completed: { shape: "dashes", color: "green" },
};

/** The shape of a sign: no two of one graph have the same, so that nobody has to tell colours apart. */
export const signShape = (name: SignName): Shape => SIGNS[name].shape;

/** The colour of a sign. */
export const signColor = (name: SignName, theme: Theme): string => String(theme[SIGNS[name].color]);

/** Draws a sign around a point; `radius` in pixels. */
export function drawSign(ctx: CanvasRenderingContext2D, name: SignName, point: { x: number; y: number }, theme: Theme, radius = 4): void {
  const shape = signShape(name);
  const { x, y } = point;
  ctx.save();
  ctx.beginPath();
  ctx.setLineDash([]);
  ctx.strokeStyle = ctx.fillStyle = signColor(name, theme);
  ctx.lineWidth = theme.isHighContrast ? 2 : 1.5;
  switch (shape) {
    case "beam":
      beam(ctx, x, y - radius, y + radius, radius / 2);
      ctx.stroke();
      break;
    case "line":
    case "dashes":
      if (shape === "dashes") ctx.setLineDash([3, 3]);
      ctx.moveTo(x - 2 * radius, y);
      ctx.lineTo(x + 2 * radius, y);
      ctx.stroke();
      break;
    case "up":
    case "down": {
      const side = shape === "up" ? 1 : -1;
      polygon(ctx, [x, y - side * radius * 1.2], [x + radius * 1.1, y + side * radius * 0.8], [x - radius * 1.1, y + side * radius * 0.8]);
      ctx.fill();
      break;
    }
    case "cross":
      ctx.lineWidth += 0.5;
      ctx.moveTo(x - radius, y - radius);
      ctx.lineTo(x + radius, y + radius);
      ctx.moveTo(x + radius, y - radius);
      ctx.lineTo(x - radius, y + radius);
      ctx.stroke();
      break;
    case "square":
      ctx.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
      break;
    case "box":
      ctx.strokeRect(x - radius, y - radius, 2 * radius, 2 * radius);
      break;
    case "diamond":
      polygon(ctx, [x, y - radius * 1.3], [x + radius * 1.1, y], [x, y + radius * 1.3], [x - radius * 1.1, y]);
      ctx.fill();
      break;
    case "ring":
    case "disc":
    case "dot":
    case "halo":
      ctx.arc(x, y, shape === "dot" ? radius / 2 : shape === "halo" ? radius * 1.9 : radius, 0, 2 * Math.PI);
      if (shape === "ring" || shape === "halo") ctx.stroke();
      else ctx.fill();
      break;
    case "area":
      ctx.fillStyle = theme.seriesFill;
      ctx.fillRect(x - radius, y - radius / 2, 2 * radius, 1.5 * radius);
      ctx.moveTo(x - radius, y - radius / 2);
      ctx.lineTo(x + radius, y - radius / 2);
      ctx.stroke();
      break;
  }
  ctx.restore();
}

/** An I-beam from `top` to `bottom`, added to the path. */
export function beam(ctx: CanvasRenderingContext2D, x: number, top: number, bottom: number, half: number): void {
  ctx.moveTo(x - half, top);
  ctx.lineTo(x + half, top);
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom);
  ctx.moveTo(x - half, bottom);
  ctx.lineTo(x + half, bottom);
}

/** A small triangle at an edge that points outside; `side` 1 is up. */
export function drawArrow(ctx: CanvasRenderingContext2D, x: number, y: number, side: -1 | 1, color: string): void {
  ctx.save();
  ctx.beginPath();
  ctx.fillStyle = color;
  polygon(ctx, [x, y - side * 8], [x + 4, y - side * 2], [x - 4, y - side * 2]);
  ctx.fill();
  ctx.restore();
}

function polygon(ctx: CanvasRenderingContext2D, ...points: readonly (readonly [number, number])[]): void {
  points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  ctx.closePath();
}
