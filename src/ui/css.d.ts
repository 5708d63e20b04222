/** Style sheets are imported for their effect; the bundler writes them into files of the extension (the CSP allows no others). */
declare module '*.css'
