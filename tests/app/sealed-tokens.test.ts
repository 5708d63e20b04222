/** Every scenario of that file once more, over a wallet that is sealed from its first moment on. */
import './tokens.test.ts'

process.env['ROUTSTR_PROTECTED_BY'] = 'correct horse battery'
