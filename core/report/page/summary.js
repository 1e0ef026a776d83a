// summary.js: the head of the page, and what the run did.

function showHead() {
  document.getElementById('title').textContent =
    `${counted(data.inputs, 'photo', 'photos')}, ${counted(data.label_count, 'label', 'labels')}`;
  const place = document.getElementById('place');
  if (data.hashed) place.append('Paths are stored as hashes: this page shows neither paths nor photos.');
  else place.append('of ', name(data.photos, {class: 'path'}));

  const {settings, summary} = data;
  const tiles = [
    ['Photos', count(data.rows), 'with features'],
    ['Labels', count(data.label_count), ''],
    ['Rejects', count(data.rejected), percent(data.inputs ? data.rejected / data.inputs : 0)],
    ['Features', count(settings.dimension), `a photo, by ${settings.network}`],
  ];
  if (data.variance) {
    tiles.push(['Components', count(settings.components),
      `${percent(settings.explained_variance)} of the variance`]);
  }
  if (data.of_a_run && summary.extracted > 0) {
    tiles.push(['Time', duration(summary.seconds),
      `${summary.photos_per_second.toFixed(0)} photos per second`]);
  }
  document.getElementById('tiles').replaceChildren(...terms(tiles).children);
}

function showRun() {
  if (!data.of_a_run) return;
  const {summary} = data;
  const lines = [
    ['Extracted', counted(summary.extracted, 'photo', 'photos')],
    ['Time of extraction', duration(summary.seconds)],
    ['Reused, not extracted again', counted(summary.reused, 'photo', 'photos')],
  ];
  if (summary.vanished_kept) {
    lines.push(['No longer in PHOTOS, rows kept', counted(summary.vanished_kept, 'photo', 'photos')]);
  }
  if (summary.repaired_parts) lines.push(['Damaged parts repaired', count(summary.repaired_parts)]);
  for (const [kind, number] of Object.entries(summary.passed_over ?? {})) {
    lines.push([`Passed over: ${kind.replaceAll('_', ' ')}`, counted(number, 'file', 'files')]);
  }
  for (const folder of summary.unread_folders ?? []) {
    lines.push(['Folder that could not be listed', name(folder.path), folder.reason]);
  }
  if (summary.s3?.retries) lines.push(['Requests to S3 repeated', count(summary.s3.retries)]);
  const body = openSection('run');
  body.append(terms(lines, {class: 'facts'}));
  if (summary.drift) body.append(...drift(summary.drift));
}

function drift(found) {
  const verdict = found.photos === 0 ? 'No new photos to compare.'
    : found.refit ? 'New photos differ from those that the PCA was fitted to: fit it again.'
      : 'The kept PCA still fits the new photos.';
  return [
    make('h3', {}, 'Drift'),
    make('p', {}, verdict),
    terms([
      ['New photos', count(found.photos)],
      ['Distance of their mean', `${found.mean_shift.toFixed(2)} standard deviations`],
      ['Unexplained variance', percent(found.residual)],
      ['Unexplained variance before', percent(found.expected_residual)],
    ], {class: 'facts'}),
  ];
}
