// settings.js: what was set, and the hashes by which it can be traced.

function showSettings() {
  const {settings} = data;
  const lines = [
    ['Network', settings.network],
    ['SHA-256 of its file', hash(settings.network_sha256)],
    ['Preset', settings.preset],
    ['Identity of the features', make('code', {}, settings.identity)],
    ['Precision', settings.precision],
  ];
  if (data.variance) {
    lines.push(['Requested components', settings.variance_share_asked > 0
      ? `as many as explain ${percent(settings.variance_share_asked)}` : count(settings.components_asked)]);
    lines.push(['Scores', settings.scores]);
    lines.push(['SHA-256 of the PCA', hash(settings.pca_sha256)]);
  }
  lines.push(
    ['SHA-256 of the moments', hash(settings.moments_sha256)],
    ['SHA-256 of the manifest', hash(settings.manifest_sha256)],
    ['Version of the output', count(data.version)],
    ['Parts', count(settings.parts)]);
  openSection('settings').append(terms(lines, {class: 'facts'}));
}

function hash(text) {
  return make('code', {class: 'hash'}, text);
}
