export const scanWords = {
  open: 'Scan a QR code',
  title: 'Scan a QR code',
  asking: 'The browser asks whether Routstr may use the camera. The picture stays on this computer.',
  aim: 'Hold the code in front of the camera.',
  moving: 'A moving code: keep the camera on it until it is complete.',
  broken: 'Part of a code could not be read. Keep the camera on it.',
  found: 'Found. The camera is off.',
  camera: 'Camera',
  cameraName: (number: number) => `Camera ${number}`,
  picture: 'Choose a picture',
  pictureHint: 'Or drop a picture of the code here, or paste one.',
  reading: 'Looking for a code in the picture…',
  again: 'Try the camera again',
  video: 'What the camera sees',
  progress: 'Read of the moving code',
  percent: (share: number) => `${Math.floor(share * 100)}\u202f%`,
  noCode: 'There is no QR code in this picture that can be read. Try a sharper one, or one that shows only the code.',
  notPicture: 'This file is no picture that the browser can open.',
  tooLarge: 'This picture is too large: at most 30 MB.',
  pictureOfMoving: 'This is one picture of a moving code. It shows only a part: use the camera, or add pictures of the other parts.',
} as const

/** Why there is no picture from the camera, and what to do. */
export const cameraWords = {
  refused: {
    title: 'The camera is not allowed',
    text: 'Press the icon left of the address of this page, allow the camera, and try again. Or choose a picture of the code.',
  },
  none: { title: 'No camera was found', text: 'Connect one and try again, or choose a picture of the code.' },
  busy: { title: 'The camera does not start', text: 'Another program may be using it. Close that one and try again, or choose a picture of the code.' },
  lost: { title: 'The camera was disconnected', text: 'Connect it and try again, or choose a picture of the code.' },
} as const

export type CameraTrouble = keyof typeof cameraWords
