import { ChevronDown } from 'lucide-preact'
import type { RequestSummary } from '../../domain/approval.ts'
import { countText } from '../parts/amounts.ts'
import { Facts } from '../parts/Facts.tsx'
import { plainText } from '../parts/page-text.ts'
import { approvalWords } from './strings.ts'

/** What would be sent, folded away. Plain text only. */
export function RequestView({ request }: { request: RequestSummary }) {
  const excerpt = plainText(request.excerpt, 2000, true)
  return (
    <details class="fold" data-testid="view-request">
      <summary>
        {approvalWords.viewRequest}
        <span class="muted">
          {countText(request.messages)} {request.messages === 1 ? 'message' : 'messages'}
        </span>
        <ChevronDown class="fold-chevron" size={16} />
      </summary>
      <div class="fold-body">
        <Facts
          rows={[
            ['Characters', countText(request.characters)],
            ['Images', countText(request.images)],
            ['Tools', countText(request.tools)],
            ['max_tokens', request.maxTokens === null ? 'not set' : countText(request.maxTokens)],
            ['Path', `${plainText(request.path, 80)}${request.stream ? ', streamed' : ''}`],
          ]}
        />
        {excerpt !== '' && (
          <>
            <p class="label">Last message</p>
            <p class="excerpt" tabIndex={0} role="region" aria-label="Last message" data-testid="excerpt">
              {excerpt}
            </p>
          </>
        )}
      </div>
    </details>
  )
}
