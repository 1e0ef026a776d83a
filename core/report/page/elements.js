// elements.js: elements of the page. Whatever a name holds, it becomes text, never markup.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function makeSvg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const wholeNumbers = new Intl.NumberFormat('en');

function count(number) {
  return wholeNumbers.format(number);
}

function counted(number, one, many) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

function percent(share, digits = 1) {
  return `${(100 * share).toFixed(digits)} %`;
}

// Four digits: neither more than is known nor less than tells photos apart.
function decimal(number) {
  return Number(number.toPrecision(4)).toString();
}

function duration(seconds) {
  if (seconds < 90) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

// A name that may be written from right to left stays by itself.
function name(text, attributes = {}) {
  return make('bdi', attributes, text);
}

// The end of a path tells photos apart; all of it stands in the title.
function shortPath(path) {
  const names = path.split('/');
  return name(names.length > 2 ? `…/${names.slice(-2).join('/')}` : path, {class: 'path', title: path});
}

// `columns`: objects with `title`, and `number` where figures stand. Cells are texts or elements.
function table(caption, columns, rows) {
  const cell = (tag, column, content) =>
    make(tag, {class: column.number ? 'number' : undefined, scope: tag === 'th' ? 'col' : undefined},
      content);
  return make('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption},
    make('table', {},
      make('caption', {}, caption),
      make('thead', {}, make('tr', {}, ...columns.map((column) => cell('th', column, column.title)))),
      make('tbody', {}, ...rows.map((row) =>
        make('tr', {}, ...row.map((content, at) => cell('td', columns[at], content)))))));
}

// What stands behind a plot, for readers who cannot see it. `build` is called when it is opened.
function behind(title, build) {
  const details = make('details', {class: 'behind'}, make('summary', {}, title));
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(build());
  });
  return details;
}

function terms(pairs, attributes = {}) {
  const list = make('dl', attributes);
  for (const [term, ...values] of pairs) {
    list.append(make('div', {}, make('dt', {}, term), ...values.map((value) => make('dd', {}, value))));
  }
  return list;
}

// Shows a section and returns what holds its content.
function openSection(id) {
  const section = document.getElementById(id);
  section.hidden = false;
  const title = section.querySelector('h2').textContent;
  document.querySelector('#nav ul').append(make('li', {}, make('a', {href: `#${id}`}, title)));
  return section.querySelector('.body');
}

// To screen readers.
function announce(text) {
  document.getElementById('status').textContent = text;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make('textarea', {class: 'visually-hidden'});
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}
