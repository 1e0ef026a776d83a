// camera.js: the camera in a dialog: live view, shutter, other camera. What is seen in the square is
// what is taken.

import {byId, notify} from './elements.js';
import {text} from './language.js';

const FAILURES = {NotAllowedError: 'camera.refused', SecurityError: 'camera.refused', NotFoundError: 'camera.missing',
  OverconstrainedError: 'camera.missing', NotReadableError: 'camera.busy', AbortError: 'camera.busy'};

const dialog = byId('camera');
const video = byId('camera-video');
let stream = null;
let facing = 'environment';
let current = null;  // {shots, taken, onShot}

// Opens the camera until `shots` photos are taken or the user closes it. `onShot`: called with each
// photo, an ImageBitmap; `taken`: how many there are already.
export async function openCamera({shots, taken = 0, onShot}) {
  if (!navigator.mediaDevices?.getUserMedia) {
    askSystem(onShot);
    return;
  }
  current = {shots, taken, onShot};
  if (!await start()) return;
  showCount();
  dialog.showModal();
}

// Browsers give a page without https no camera, but a phone's own camera program passes photos on.
function askSystem(onShot) {
  const input = byId('camera-file');
  input.onchange = () => {
    const [photo] = input.files;
    input.value = '';
    if (photo) onShot(photo);
  };
  input.click();
}

async function start() {
  stop();
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: {facingMode: {ideal: facing}, width: {ideal: 1280}, height: {ideal: 960}}, audio: false});
  } catch (error) {
    notify(text(FAILURES[error.name] ?? 'camera.busy'));
    return false;
  }
  video.srcObject = stream;
  await video.play().catch(() => {});  // closed before it began
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({kind}) => kind === 'videoinput');
  byId('camera-other').hidden = cameras.length < 2;
  return true;
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.srcObject = null;
}

function showCount() {
  byId('camera-count').textContent = current.shots > 1
    ? text('camera.shots', {photos: current.taken, needed: current.shots}) : '';
}

async function shoot() {
  const {videoWidth: width, videoHeight: height} = video;
  if (!current || !width) return;
  const side = Math.min(width, height);
  const photo = await createImageBitmap(video, (width - side) / 2, (height - side) / 2, side, side);
  video.classList.remove('flash');
  void video.offsetWidth;  // so that the animation starts again
  video.classList.add('flash');
  const {onShot, shots} = current;
  current.taken += 1;
  showCount();
  if (current.taken >= shots) dialog.close();
  onShot(photo);
}

byId('camera-shutter').addEventListener('click', shoot);
byId('camera-close').addEventListener('click', () => dialog.close());
byId('camera-other').addEventListener('click', () => {
  facing = facing === 'environment' ? 'user' : 'environment';
  start().then((started) => started || dialog.close());
});
dialog.addEventListener('close', stop);
// A page that is not seen leaves the camera to others.
document.addEventListener('visibilitychange', () => {
  if (document.hidden && dialog.open) dialog.close();
});
