/** For the tests in Node, before anything imports the curve: see `fast-curve.ts`. */
import { hurry } from './fast-curve.ts'

hurry()
