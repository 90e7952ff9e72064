import Foundation

/// The parts of Twilio's published OpenAPI description (`twilio_api_v2010`, April 2026) that a page of the
/// list must satisfy, without its prose.
enum PublishedSchema {
  static let call = """
    {
      "sid": {"type": "string", "minLength": 34, "maxLength": 34, "pattern": "^CA[0-9a-fA-F]{32}$", "nullable": true},
      "date_created": {"type": "string", "format": "date-time-rfc-2822", "nullable": true},
      "date_updated": {"type": "string", "format": "date-time-rfc-2822", "nullable": true},
      "parent_call_sid": {"type": "string", "minLength": 34, "maxLength": 34, "pattern": "^CA[0-9a-fA-F]{32}$", "nullable": true},
      "account_sid": {"type": "string", "minLength": 34, "maxLength": 34, "pattern": "^AC[0-9a-fA-F]{32}$", "nullable": true},
      "to": {"type": "string", "nullable": true},
      "to_formatted": {"type": "string", "nullable": true},
      "from": {"type": "string", "nullable": true},
      "from_formatted": {"type": "string", "nullable": true},
      "phone_number_sid": {"type": "string", "minLength": 34, "maxLength": 34, "pattern": "^PN[0-9a-fA-F]{32}$", "nullable": true},
      "status": {"$ref": "#/components/schemas/call_enum_status"},
      "start_time": {"type": "string", "format": "date-time-rfc-2822", "nullable": true},
      "end_time": {"type": "string", "format": "date-time-rfc-2822", "nullable": true},
      "duration": {"type": "string", "nullable": true},
      "price": {"type": "string", "nullable": true},
      "price_unit": {"type": "string", "format": "currency", "nullable": true},
      "direction": {"type": "string", "nullable": true},
      "answered_by": {"type": "string", "nullable": true},
      "api_version": {"type": "string", "nullable": true},
      "forwarded_from": {"type": "string", "nullable": true},
      "group_sid": {"type": "string", "minLength": 34, "maxLength": 34, "pattern": "^GP[0-9a-fA-F]{32}$", "nullable": true},
      "caller_name": {"type": "string", "nullable": true},
      "queue_time": {"type": "string", "nullable": true},
      "trunk_sid": {"type": "string", "minLength": 34, "maxLength": 34, "pattern": "^TK[0-9a-fA-F]{32}$", "nullable": true},
      "uri": {"type": "string", "nullable": true},
      "subresource_uris": {"type": "object", "format": "uri-map", "nullable": true}
    }
    """

  static let envelope = """
    {
      "end": {"type": "integer"},
      "first_page_uri": {"format": "uri", "type": "string"},
      "next_page_uri": {"format": "uri", "nullable": true, "type": "string"},
      "page": {"type": "integer"},
      "page_size": {"type": "integer"},
      "previous_page_uri": {"format": "uri", "nullable": true, "type": "string"},
      "start": {"type": "integer"},
      "uri": {"format": "uri", "type": "string"},
      "calls": {"type": "array", "items": {"$ref": "#/components/schemas/api.v2010.account.call"}}
    }
    """

  static let statuses: Set<String> = [
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled",
  ]

  /// The subresources of the published sample, key and last part of the path.
  static let subresources = [
    "notifications": "Notifications.json",
    "recordings": "Recordings.json",
    "payments": "Payments.json",
    "events": "Events.json",
    "siprec": "Siprec.json",
    "streams": "Streams.json",
    "transcriptions": "Transcriptions.json",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions.json",
    "user_defined_messages": "UserDefinedMessages.json",
  ]
}
