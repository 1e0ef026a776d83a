// variance.js: how much of the variance each component explains.

const MARKS = [0.9, 0.95, 0.99];

function cumulative(shares) {
  let sum = 0;
  return shares.map((share) => sum += share);
}

function showVariance() {
  const shares = data.variance;
  if (!shares || shares.length === 0) return;
  const sums = cumulative(shares);
  const reached = MARKS.map((mark) => ({mark, components: 1 + sums.findIndex((sum) => sum >= mark)}));
  const body = openSection('variance');
  const plot = make('div', {class: 'plot'});
  body.append(
    make('p', {}, reachedText(reached, sums)),
    plot,
    behind('The plot as a table', () => table('Explained variance of each component',
      [{title: 'Component', number: true}, {title: 'Share', number: true}, {title: 'Together', number: true}],
      shares.map((share, at) => [count(at + 1), percent(share, 2), percent(sums[at], 2)]))));
  new ResizeObserver(() => drawVariance(plot, shares, sums, reached)).observe(plot);
}

function reachedText(reached, sums) {
  const total = sums[sums.length - 1];
  const parts = reached.filter(({components}) => components > 0)
    .map(({mark, components}) => `${counted(components, 'component explains', 'components explain')} ${percent(mark, 0)}`);
  const all = `All ${count(sums.length)} together explain ${percent(total)} of the variance.`;
  return parts.length === 0 ? all : `${parts.join(', ')}. ${all}`;
}

function drawVariance(plot, shares, sums, reached) {
  const width = Math.max(260, plot.clientWidth);
  const height = Math.round(Math.min(280, Math.max(190, width * 0.32)));
  const left = 40, right = 40, top = 18, bottom = 26;
  const across = (at) => left + at / shares.length * (width - left - right);
  const up = (share) => height - bottom - share * (height - top - bottom);
  const highest = Math.max(...shares);
  const svg = makeSvg('svg', {viewBox: `0 0 ${width} ${height}`, width, height, role: 'img',
    'aria-label': reachedText(reached, sums)});
  const text = (x, y, content, anchor, kind = 'axis') => {
    const element = makeSvg('text', {x, y, 'text-anchor': anchor, class: kind});
    element.textContent = content;
    svg.append(element);
  };
  let labelled = Infinity;  // from below, none over another
  for (const {mark, components} of reached) {
    const y = up(mark);
    svg.append(makeSvg('line', {x1: left, x2: width - right, y1: y, y2: y, class: 'mark'}));
    labelled = Math.min(y + 4, labelled - 11);
    text(width - right + 5, labelled, percent(mark, 0), 'start');
    if (components > 0) {
      const x = across(components - 0.5);
      svg.append(makeSvg('line', {x1: x, x2: x, y1: y, y2: height - bottom, class: 'mark'}));
    }
  }
  const bar = (width - left - right) / shares.length;
  shares.forEach((share, at) => {
    const y = up(share / highest * 0.8);  // bars have a scale of their own, on the left
    svg.append(makeSvg('rect', {x: across(at) + Math.min(1, bar * 0.1), y,
      width: Math.max(0.5, bar - Math.min(2, bar * 0.2)), height: Math.max(0, height - bottom - y), class: 'share'}));
  });
  svg.append(makeSvg('polyline', {class: 'line',
    points: sums.map((sum, at) => `${across(at + 0.5).toFixed(1)},${up(sum).toFixed(1)}`).join(' ')}));
  svg.append(makeSvg('line', {x1: left, x2: width - right, y1: height - bottom, y2: height - bottom, class: 'base'}));
  for (const tick of ticks(0, highest, 4)) text(left - 6, up(tick / highest * 0.8) + 4, percent(tick, highest < 0.05 ? 1 : 0), 'end');
  for (const tick of ticks(1, shares.length, width / 90)) {
    if (Number.isInteger(tick)) text(across(tick - 0.5), height - 8, String(tick), 'middle');
  }
  plot.replaceChildren(svg, make('p', {class: 'legend-line muted small'},
    make('span', {class: 'key bar-key', 'aria-hidden': 'true'}), 'each component (left) ',
    make('span', {class: 'key line-key', 'aria-hidden': 'true'}), 'all up to it together (right)'));
}
