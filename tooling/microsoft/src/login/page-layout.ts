export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

const style = `
:root { color-scheme: light dark; --ink: #1b1b1b; --quiet: #5e5e5e; --paper: #fff; --back: #f0f2f5; --line: #d6d9de; --accent: #0f5ea8; --accent-ink: #fff; --bad: #a4262c }
@media (prefers-color-scheme: dark) { :root { --ink: #f1f1f1; --quiet: #b4b8bf; --paper: #1f2227; --back: #121417; --line: #3b4048; --accent: #79b8f3; --accent-ink: #10151b; --bad: #ff9a9f } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
.banner { background: #fff4ce; color: #4a3a00; border-bottom: 1px solid #e3cf8a; padding: .5rem 1rem; text-align: center; font-size: .875rem }
main { width: min(28rem, calc(100% - 2rem)); margin: 2rem auto; padding: 1.75rem; background: var(--paper); border: 1px solid var(--line); border-radius: .5rem }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; line-height: 1.25 }
p { margin: .5rem 0 } .quiet { color: var(--quiet); font-size: .9rem } ul { padding-left: 1.2rem } li { margin: .3rem 0 }
.accounts { list-style: none; padding: 0; margin: 1rem 0 }
button { font: inherit; cursor: pointer; border-radius: .35rem; padding: .6rem 1.1rem; border: 1px solid var(--line); background: transparent; color: var(--ink) }
button:hover { border-color: var(--accent) } button:focus-visible, input:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600 }
.accounts button { display: block; width: 100%; text-align: left; overflow-wrap: anywhere } .accounts strong, .accounts span { display: block }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem } a { color: var(--accent) }
label { display: block; margin: 1rem 0 .25rem } input { font: inherit; width: 100%; padding: .5rem; border: 1px solid var(--quiet); border-radius: .35rem; background: var(--paper); color: var(--ink) }
.error { color: var(--bad) } .fine { font-size: .8rem; color: var(--quiet); overflow-wrap: anywhere }`

/** One page: complete HTML, no script, readable narrow and in the dark. `kind` tells tests which page it is. */
export function layout(kind: string, title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – Microsoft simulator</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body data-page="${kind}">
<header class="banner"><strong>Microsoft simulator</strong> – not Microsoft, nothing here is real</header>
<main>
${content}
</main>
</body>
</html>
`
}
