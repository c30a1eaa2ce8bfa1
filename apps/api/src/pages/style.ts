import { html } from './html.ts'

/** The look of the server's own pages: the console's colours and sizes, in both themes, from 320 px up. */
export const STYLE = html`
  :root { --bg: #f3f5f7; --surface: #fff; --sunk: #f8fafb; --line: #dee4ea; --field: #76838f; --ink: #16202a;
  --ink-2: #46535f; --ink-3: #5c6974; --link: #1a5bbf; --primary: #1a2631; --on-primary: #fff; --good:
  #12693a; --bad: #ae231c; --bad-fill: #fdebe9; --note: #ebeff2; --lamp: #d98a00; } @media
  (prefers-color-scheme: dark) { :root { --bg: #0e141a; --surface: #161f28; --sunk: #1b2530; --line: #2b3743;
  --field: #7c8a97; --ink: #e7edf2; --ink-2: #b3bfca; --ink-3: #97a5b2; --link: #8dbaff; --primary: #e7edf2;
  --on-primary: #131b23; --good: #80d8a2; --bad: #ffa198; --bad-fill: #3d1b19; --note: #222e39; --lamp:
  #ffc04d; } } * { box-sizing: border-box; } body { margin: 0; padding: 24px 16px 48px; background: var(--bg);
  color: var(--ink); font: 400 14px/22px Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
  header, main, footer { max-width: 652px; margin-inline: auto; } header { display: flex; align-items: center;
  gap: 9px; padding-bottom: 18px; font-size: 17px; font-weight: 660; letter-spacing: -0.025em; } .lamp { fill:
  var(--lamp); } main { padding: 32px 38px; background: var(--surface); border: 1px solid var(--line);
  border-radius: 10px; } footer { padding-top: 20px; text-align: center; color: var(--ink-3); font-size: 13px;
  line-height: 20px; } h1 { margin: 0 0 12px; font-size: 24px; line-height: 32px; font-weight: 640;
  letter-spacing: -0.018em; } h2 { margin: 24px 0 4px; font-size: 16px; line-height: 24px; font-weight: 620; }
  p { margin: 0 0 12px; max-width: 62ch; overflow-wrap: anywhere; } a { color: var(--link); } :focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px; } code { font: 400 12.5px/20px 'JetBrains Mono',
  ui-monospace, Consolas, monospace; overflow-wrap: anywhere; } .quiet { color: var(--ink-2); font-size: 13px;
  line-height: 20px; } .who { display: flex; gap: 12px; margin-bottom: 20px; } .who p { margin: 0; } .initials
  { flex: none; width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center; background:
  var(--primary); color: var(--on-primary); font-size: 12.5px; font-weight: 620; } dl { margin: 0 0 8px;
  padding: 14px 16px; background: var(--sunk); border: 1px solid var(--line); border-radius: 7px; display:
  grid; grid-template-columns: 122px 1fr; gap: 4px 0; } dt { color: var(--ink-2); font-size: 13px; } dd {
  margin: 0; overflow-wrap: anywhere; } .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 24px; }
  .can, .rungs { margin: 8px 0 0; padding: 0; list-style: none; } .can li { position: relative; padding: 0 0
  12px 26px; } .can li::before { position: absolute; left: 4px; font-weight: 700; content: '✓' / ''; color:
  var(--good); } .can.not li::before { content: '✕' / ''; color: var(--ink-2); } .can b, .rungs b { display:
  block; font-weight: 560; } .next { margin: 24px 0 0; padding: 12px 16px; background: var(--note); border:
  1px solid var(--line); border-radius: 7px; } .next p { margin: 0; } .buttons { display: flex; flex-wrap:
  wrap; gap: 10px; margin: 20px 0 14px; } button, .button { min-height: 38px; padding: 7px 16px;
  border-radius: 7px; font: 560 14px/22px inherit; font-family: inherit; cursor: pointer; text-decoration:
  none; border: 1px solid var(--field); background: none; color: var(--ink); } .main { border-color:
  var(--primary); background: var(--primary); color: var(--on-primary); } .bad { display: inline-grid;
  place-items: center; width: 36px; height: 36px; margin-bottom: 12px; border-radius: 10px; background:
  var(--bad-fill); color: var(--bad); font-weight: 700; } .rungs li { display: grid; grid-template-columns:
  26px 1fr; padding: 10px 0; border-top: 1px solid var(--line); } .rungs .ok { color: var(--good);
  font-weight: 700; } .rungs .no { color: var(--bad); font-weight: 700; } .rungs .yet, .rungs .yet + div {
  color: var(--ink-3); } .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path:
  inset(50%); } details { margin-top: 12px; color: var(--ink-2); font-size: 13px; line-height: 20px; } summary
  { color: var(--link); cursor: pointer; } @media (max-width: 599px) { main { padding: 20px 16px; } h1 {
  font-size: 22px; line-height: 29px; } dl, .pair { grid-template-columns: 1fr; } .buttons button, .buttons
  .button { width: 100%; min-height: 44px; } .buttons form { width: 100%; } }
`
