import assert from "node:assert/strict";
import { escapeXml, splitColor, SvgContext } from "../../../webview/svgContext";

const make = (): SvgContext => new SvgContext(200, 100, (text) => text.length * 6);
const svgOf = (context: SvgContext): string => context.toSvg({ title: "T", description: "D", background: "#fff" });

describe("SvgContext", () => {
  it("writes lines with colour, width and dash", () => {
    const context = make();
    context.strokeStyle = "rgba(1, 2, 3, 0.5)";
    context.lineWidth = 2;
    context.setLineDash([8, 4]);
    context.beginPath();
    context.moveTo(1, 2);
    context.lineTo(3.456, 4);
    context.stroke();
    assert.ok(
      svgOf(context).includes(
        '<path d="M1 2L3.46 4" fill="none" stroke="rgb(1, 2, 3)" stroke-opacity="0.5" stroke-width="2" stroke-dasharray="8 4"/>',
      ),
    );
  });
  it("applies translations and turns, and takes them back", () => {
    const context = make();
    context.save();
    context.translate(10, 20);
    context.rotate(Math.PI / 2);
    context.fillRect(0, 0, 5, 5);
    context.restore();
    context.fillRect(0, 0, 5, 5);
    const svg = svgOf(context);
    assert.ok(svg.includes('d="M10 20L10 25L5 25L5 20Z"'));
    assert.ok(svg.includes('d="M0 0L5 0L5 5L0 5Z"'));
  });
  it("makes a circle of two arcs", () => {
    const context = make();
    context.beginPath();
    context.arc(50, 50, 10, 0, 2 * Math.PI);
    context.fill();
    assert.ok(svgOf(context).includes('d="M60 50A10 10 0 0 1 40 50A10 10 0 0 1 60 50"'));
  });
  it("clips within what was clipped before, until it is restored", () => {
    const context = make();
    context.save();
    for (const size of [50, 20]) {
      context.beginPath();
      context.rect(0, 0, size, size);
      context.clip();
    }
    context.fillRect(0, 0, 9, 9);
    context.restore();
    context.fillRect(0, 0, 8, 8);
    const svg = svgOf(context);
    assert.ok(svg.includes('<clipPath id="clip2" clip-path="url(#clip1)">'));
    assert.match(svg, /L9 9L0 9Z" fill="#000000" clip-path="url\(#clip2\)"/);
    assert.match(svg, /L8 8L0 8Z" fill="#000000"\/>/);
  });
  it("begins anew when all is cleared", () => {
    const context = make();
    context.fillRect(0, 0, 7, 7);
    context.clearRect();
    assert.ok(!svgOf(context).includes("<path"));
  });
  it("writes text as text, whatever it is", () => {
    const context = make();
    context.font = "bold 12px 'Segoe UI', sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(`<script>alert("1")</script>\u0000`, 10, 20);
    const svg = svgOf(context);
    assert.ok(!svg.includes("<script"));
    assert.ok(svg.includes("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;\ufffd</text>"));
    assert.ok(
      svg.includes(`x="10" y="24.2" font-family="&#39;Segoe UI&#39;, sans-serif" font-size="12" font-weight="bold" text-anchor="middle"`),
    );
  });
  it("has title and description for screen readers, escaped", () => {
    const svg = make().toSvg({ title: "a < b", description: "c & d", background: "#1f1f1fff" });
    assert.ok(svg.startsWith("<svg "));
    assert.ok(svg.includes('<title id="title">a &lt; b</title>') && svg.includes('<desc id="description">c &amp; d</desc>'));
    assert.ok(svg.includes('<rect width="100%" height="100%" fill="#1f1f1f"/>'));
  });
});

describe("colours", () => {
  it("are parted from their opacity", () => {
    assert.deepEqual(splitColor("rgba(10, 20, 30, 0.250)"), { color: "rgb(10, 20, 30)", opacity: 0.25 });
    assert.deepEqual(splitColor("#11223380"), { color: "#112233", opacity: 128 / 255 });
    assert.deepEqual(splitColor("#abc"), { color: "#abc", opacity: 1 });
    assert.deepEqual(splitColor("transparent"), { color: "none", opacity: 1 });
  });
});

describe("escapeXml", () => {
  it("leaves nothing that XML would read or refuse", () => assert.equal(escapeXml(`<&>"'\u0001`), "&lt;&amp;&gt;&quot;&#39;\ufffd"));
});
