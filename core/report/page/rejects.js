// rejects.js: photos that gave no features, and why.

function showRejects() {
  const body = openSection('rejects');
  if (data.rejected === 0) {
    body.append(make('p', {}, 'Every photo gave features.'));
    return;
  }
  const most = data.reasons[0].count;
  body.append(
    make('p', {}, `${counted(data.rejected, 'photo', 'photos')} of ${count(data.inputs)} gave no features.`),
    table('Rejects by reason', [{title: 'Reason'}, {title: 'Photos', number: true}, {title: 'Of the most'}],
      data.reasons.map(({reason, count: number}) => {
        const bar = make('span', {class: 'bar reject', 'aria-hidden': 'true'});
        bar.style.width = `${100 * number / most}%`;
        return [reason, count(number), make('span', {class: 'bar-track'}, bar)];
      })));
  if (data.hashed) return;
  body.append(behind(
    data.rejects.length < data.rejected ? `The first ${count(data.rejects.length)} rejects` : 'All rejects',
    () => table('Rejected photos', [{title: 'Path'}, {title: 'Reason'}],
      data.rejects.map(({path, reason}) => [name(path, {class: 'path'}), reason]))));
}
