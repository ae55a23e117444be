/** What a report says, before it is Markdown or HTML. Texts are plain. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | Table
  | Plot;

export interface Table {
  readonly kind: 'table';
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Plot {
  readonly kind: 'plot';
  /** Of its file, without ending. */
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

/** Pictures are files beside it. */
export function toMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(markdownOf).join('\n\n')}\n`;
}

function markdownOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${block.text}`;
    case 'text':
      return block.text;
    case 'code':
      return `\`\`\`sh\n${block.text}\n\`\`\``;
    case 'table':
      return [block.head, block.head.map((_, i) => (i === 0 ? '---' : '--:')), ...block.rows]
        .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
        .join('\n');
    case 'plot':
      return `![${block.caption}](${block.name}.svg)`;
  }
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:1rem 0}th,td{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:right;white-space:nowrap}
th{white-space:normal;vertical-align:bottom}th:first-child,td:first-child{text-align:left}pre{background:#f4f4f4;padding:.6rem;overflow:auto}
figure{margin:1rem 0}figcaption{color:#555}svg{max-width:100%;height:auto}.wide{overflow-x:auto}`;

/** One file that needs no other. */
export function toHtml(blocks: readonly Block[]): string {
  const title = blocks.find((block) => block.kind === 'heading');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title?.text ?? '')}</title>
<style>${STYLE}</style>
${blocks.map(htmlOf).join('\n')}
</html>
`;
}

function htmlOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escaped(block.text)}</h${block.level}>`;
    case 'text':
      return `<p>${escaped(block.text)}</p>`;
    case 'code':
      return `<pre>${escaped(block.text)}</pre>`;
    case 'table': {
      const row = (tag: string) => (cells: readonly string[]) =>
        `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
      return `<div class="wide"><table><thead>${row('th')(block.head)}</thead><tbody>${block.rows.map(row('td')).join('')}</tbody></table></div>`;
    }
    case 'plot':
      return `<figure>${block.svg}<figcaption>${escaped(block.caption)}</figcaption></figure>`;
  }
}

/** A text as it may stand in HTML and SVG. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
