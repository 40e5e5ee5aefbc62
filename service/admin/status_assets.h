#ifndef WRIFTAI_SERVICE_ADMIN_STATUS_ASSETS_H_
#define WRIFTAI_SERVICE_ADMIN_STATUS_ASSETS_H_

namespace wriftai {

// The style of /statusz. All text has a contrast of at least 4.5 to its
// background (WCAG 2.2, AA), in light and dark mode; a test in Chromium
// verifies it.
inline constexpr char kStatusStyle[] = R"css(
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #fff; --ink: #1b1f24; --soft: #57606a;
  --line: #d8dee4; --mark: #0b5cad; --fill: #cfe2f7; --track: #e4e8ec;
  --ok: #116329; --ok-back: #dcf5e3; --notice: #7a4a00;
  --notice-back: #fff0d0; --problem: #a40e26; --problem-back: #ffe4e6;
  --busy: #b87503; --limit: #8b949e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1217; --card: #171c23; --ink: #e6eaef; --soft: #9aa5b1;
    --line: #2b333d; --mark: #79b8ff; --fill: #1d3b5c; --track: #2b333d;
    --ok: #7ee2a0; --ok-back: #10301c; --notice: #f5c26b;
    --notice-back: #382a0b; --problem: #ffa198; --problem-back: #44171b;
    --busy: #d29922; --limit: #768390;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
#bar, #report { max-width: 1200px; margin: 0 auto; padding: 0 16px; }
#bar {
  display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center;
  min-height: 52px; padding-top: 10px;
}
h1 { font-size: 20px; margin: 0; }
h2 { font-size: 16px; margin: 0 0 2px; }
h3 { font-size: 13px; font-weight: 600; margin: 0; color: var(--soft); }
p { margin: 0; }
.soft, .help, dt, caption { color: var(--soft); }
.help { font-size: 13px; margin-bottom: 8px; }
button {
  font: inherit; color: var(--ink); background: var(--card); cursor: pointer;
  border: 1px solid var(--limit); border-radius: 6px; padding: 3px 12px;
}
#bar button { margin-left: auto; }
a { color: var(--mark); }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
section {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 14px 16px; margin: 14px 0;
}
.overall { border-left-width: 6px; }
.overall .cause { font-size: 17px; }
.overall #summary { margin-top: 6px; }
.overall ul { margin: 8px 0 0; padding: 0; list-style: none; }
.overall li { margin-top: 6px; }
.badge {
  display: inline-block; border-radius: 5px; padding: 0 8px; font-weight: 600;
  font-size: 14px; margin-right: 6px; white-space: nowrap;
}
.badge.ok { color: var(--ok); background: var(--ok-back); }
.badge.notice { color: var(--notice); background: var(--notice-back); }
.badge.problem { color: var(--problem); background: var(--problem-back); }
.badge.plain { background: var(--track); font-weight: 400; }
td .badge { margin-right: 0; }
.list { display: inline-flex; flex-wrap: wrap; gap: 4px; }
.overall.ok { border-left-color: var(--ok); }
.overall.notice { border-left-color: var(--busy); }
.overall.problem { border-left-color: var(--problem); }
.tiles, .two { display: grid; gap: 14px; }
.tiles { grid-template-columns: repeat(auto-fit, minmax(164px, 1fr)); }
.two { grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); }
.tiles section, .two section { margin: 0; min-width: 0; }
.tiles section { display: flex; flex-direction: column; }
.big { font-size: 26px; font-weight: 650; line-height: 1.25; }
.tiles .soft { font-size: 13px; min-height: 38px; }
.tiles .spark { width: 100%; height: 38px; margin-top: auto; }
.spark { display: block; width: 120px; height: 30px; }
.spark path { fill: none; vector-effect: non-scaling-stroke; }
.spark .area { fill: var(--fill); }
.spark .line { stroke: var(--mark); stroke-width: 1.5; }
.spark .limit { stroke: var(--limit); stroke-dasharray: 4 3; }
.gauge { display: block; width: 110px; height: 8px; margin: 3px 0; }
.gauge .track { fill: var(--track); }
.gauge .low { fill: var(--mark); }
.gauge .busy { fill: var(--busy); }
.gauge .full { fill: var(--problem); }
.bars { display: block; width: 100%; max-width: 520px; margin-top: 10px; }
.bars rect { fill: var(--mark); }
.bars path { stroke: var(--limit); }
.bars text { fill: var(--soft); font-size: 10.5px; text-anchor: middle; }
.bars .count { fill: var(--ink); font-size: 9px; }
.scroll { overflow-x: auto; position: relative; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td {
  text-align: left; vertical-align: top; padding: 7px 14px 7px 0;
  border-top: 1px solid var(--line);
}
thead th { border-top: 0; color: var(--soft); font-weight: 600; }
th { font-weight: 600; }
.tight, td.number { white-space: nowrap; }
td.first { font-weight: 600; }
.wide { font-weight: 400; }
.number { text-align: right; }
.zero { color: var(--soft); }
.wide { display: inline-block; min-width: 220px; }
code { font: 13px/1.45 ui-monospace, monospace; }
.id { overflow-wrap: anywhere; min-width: 150px; display: inline-block; }
dl { display: grid; gap: 4px 24px; margin: 0; font-size: 14px;
  grid-template-columns: repeat(auto-fit, minmax(250px, 1fr)); }
dl div { display: flex; justify-content: space-between; gap: 12px;
  border-top: 1px solid var(--line); padding: 5px 0; }
dd { margin: 0; text-align: right; white-space: nowrap; }
footer { padding: 0 0 24px; font-size: 13px; }
/* A narrow window shows each row as a list of names and values. */
@media (max-width: 760px) {
  #bar, #report { padding: 0 10px; }
  section { padding: 12px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 10px; }
  .two { grid-template-columns: 1fr; }
  .scroll { overflow-x: visible; }
  table, tbody, tr, td { display: block; }
  thead, td.zero, td.empty { display: none; }
  tr { border-top: 1px solid var(--line); padding: 8px 0; }
  tr:first-child { border-top: 0; }
  td {
    display: flex; justify-content: space-between; gap: 16px; border: 0;
    padding: 2px 0; text-align: right;
  }
  td::before {
    content: attr(data-name); color: var(--soft); text-align: left;
    font-weight: 400;
  }
  td.first { text-align: left; }
  td.first::before { content: none; }
  td > * { min-width: 0; }
  .tight { white-space: normal; }
  .gauge, td .spark { margin-left: auto; }
  .list { justify-content: flex-end; }
  .wide, .id { min-width: 0; }
  dd { white-space: normal; overflow-wrap: anywhere; }
}
)css";

// Refreshes the page in place: it keeps the scroll positions of the page and of
// its tables, the focus and the selection. A hidden page does not refresh.
// Without JavaScript the browser reloads the whole page.
inline constexpr char kStatusScript[] = R"js(
'use strict';
const button = document.getElementById('pause');
const stale = document.getElementById('stale');
let paused = false;
let refreshing = false;

async function refresh() {
  if (paused || refreshing || document.hidden) return;
  if (!getSelection().isCollapsed) return;
  refreshing = true;
  try {
    const response = await fetch(location.href, {
      cache: 'no-store', signal: AbortSignal.timeout(4000),
    });
    if (!response.ok) throw new Error(response.status);
    const next = new DOMParser().parseFromString(
        await response.text(), 'text/html');
    const report = next.getElementById('report');
    const old = document.getElementById('report');
    const boxes = (page) => [...page.querySelectorAll('.scroll')];
    const offsets = new Map(boxes(old).map((box) => [box.id, box.scrollLeft]));
    const focused = document.activeElement.id;
    if (!paused) {
      old.replaceWith(report);
      for (const box of boxes(report)) {
        box.scrollLeft = offsets.get(box.id) ?? 0;
      }
      if (focused && report.contains(document.getElementById(focused))) {
        document.getElementById(focused).focus({ preventScroll: true });
      }
      document.title = next.title;
      document.querySelector('link[rel=icon]').href =
          next.querySelector('link[rel=icon]').href;
    }
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
  refreshing = false;
}

button.hidden = false;
button.addEventListener('click', () => {
  paused = !paused;
  button.textContent = paused ? 'Resume' : 'Pause';
  refresh();
});
document.addEventListener('visibilitychange', refresh);
setInterval(refresh, 5000);
)js";

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_STATUS_ASSETS_H_
