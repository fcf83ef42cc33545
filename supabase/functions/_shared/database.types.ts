export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  "public": {
    Tables: {
      "interaction_logs": {
        Row: {
          "call_id": string | null;
          "call_status": Database["public"]["Enums"]["call_status"] | null;
          "created_at": string;
          "detail": string | null;
          "id": string;
          "idempotency_key": string | null;
          "provider_id": string | null;
          "request_id": string;
          "source": Database["public"]["Enums"]["call_source"] | null;
          "status": Database["public"]["Enums"]["log_status"];
          "step_name": string;
          "transcript": Json | null;
          "updated_at": string;
        };
        ComputedFields: never;
        Insert: {
          "call_id"?: string | null;
          "call_status"?: Database["public"]["Enums"]["call_status"] | null;
          "created_at"?: string;
          "detail"?: string | null;
          "id"?: string;
          "idempotency_key"?: string | null;
          "provider_id"?: string | null;
          "request_id": string;
          "source"?: Database["public"]["Enums"]["call_source"] | null;
          "status": Database["public"]["Enums"]["log_status"];
          "step_name": string;
          "transcript"?: Json | null;
          "updated_at"?: string;
        };
        Update: {
          "call_id"?: string | null;
          "call_status"?: Database["public"]["Enums"]["call_status"] | null;
          "created_at"?: string;
          "detail"?: string | null;
          "id"?: string;
          "idempotency_key"?: string | null;
          "provider_id"?: string | null;
          "request_id"?: string;
          "source"?: Database["public"]["Enums"]["call_source"] | null;
          "status"?: Database["public"]["Enums"]["log_status"];
          "step_name"?: string;
          "transcript"?: Json | null;
          "updated_at"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "interaction_logs_provider_id_fkey";
            columns: ["provider_id"];
            isOneToOne: false;
            referencedRelation: "providers";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "interaction_logs_request_id_fkey";
            columns: ["request_id"];
            isOneToOne: false;
            referencedRelation: "service_requests";
            referencedColumns: ["id"];
          },
        ];
      };
      "providers": {
        Row: {
          "call_cost": number | null;
          "call_duration_minutes": number | null;
          "call_ended_reason": string | null;
          "call_error": string | null;
          "call_id": string | null;
          "call_method": string | null;
          "call_recording_url": string | null;
          "call_result": Json | null;
          "call_status": Database["public"]["Enums"]["call_status"] | null;
          "call_success_evaluation": string | null;
          "call_summary": string | null;
          "call_transcript": string | null;
          "called_at": string | null;
          "created_at": string;
          "id": string;
          "name": string;
          "phone": string | null;
          "request_id": string;
          "updated_at": string;
        };
        ComputedFields: never;
        Insert: {
          "call_cost"?: number | null;
          "call_duration_minutes"?: number | null;
          "call_ended_reason"?: string | null;
          "call_error"?: string | null;
          "call_id"?: string | null;
          "call_method"?: string | null;
          "call_recording_url"?: string | null;
          "call_result"?: Json | null;
          "call_status"?: Database["public"]["Enums"]["call_status"] | null;
          "call_success_evaluation"?: string | null;
          "call_summary"?: string | null;
          "call_transcript"?: string | null;
          "called_at"?: string | null;
          "created_at"?: string;
          "id"?: string;
          "name": string;
          "phone"?: string | null;
          "request_id": string;
          "updated_at"?: string;
        };
        Update: {
          "call_cost"?: number | null;
          "call_duration_minutes"?: number | null;
          "call_ended_reason"?: string | null;
          "call_error"?: string | null;
          "call_id"?: string | null;
          "call_method"?: string | null;
          "call_recording_url"?: string | null;
          "call_result"?: Json | null;
          "call_status"?: Database["public"]["Enums"]["call_status"] | null;
          "call_success_evaluation"?: string | null;
          "call_summary"?: string | null;
          "call_transcript"?: string | null;
          "called_at"?: string | null;
          "created_at"?: string;
          "id"?: string;
          "name"?: string;
          "phone"?: string | null;
          "request_id"?: string;
          "updated_at"?: string;
        };
        Relationships: [
          {
            foreignKeyName: "providers_request_id_fkey";
            columns: ["request_id"];
            isOneToOne: false;
            referencedRelation: "service_requests";
            referencedColumns: ["id"];
          },
        ];
      };
      "rejected_call_results": {
        Row: {
          "announced_at": string | null;
          "attempts": number;
          "called_at": string | null;
          "code": string;
          "delivery_digest": string;
          "id": string;
          "idempotency_key": string | null;
          "issues": NonNullable<Json>;
          "next_attempt_at": string;
          "payload": NonNullable<Json>;
          "received_at": string;
          "refusals": number;
          "resolution": string | null;
          "resolved_at": string | null;
          "source": Database["public"]["Enums"]["call_source"];
          "vapi_call": Json | null;
          "waits_for": string | null;
        };
        ComputedFields: never;
        Insert: {
          "announced_at"?: string | null;
          "attempts"?: number;
          "called_at"?: string | null;
          "code": string;
          "delivery_digest": string;
          "id"?: string;
          "idempotency_key"?: string | null;
          "issues"?: NonNullable<Json>;
          "next_attempt_at"?: string;
          "payload": NonNullable<Json>;
          "received_at"?: string;
          "refusals"?: number;
          "resolution"?: string | null;
          "resolved_at"?: string | null;
          "source": Database["public"]["Enums"]["call_source"];
          "vapi_call"?: Json | null;
          "waits_for"?: string | null;
        };
        Update: {
          "announced_at"?: string | null;
          "attempts"?: number;
          "called_at"?: string | null;
          "code"?: string;
          "delivery_digest"?: string;
          "id"?: string;
          "idempotency_key"?: string | null;
          "issues"?: NonNullable<Json>;
          "next_attempt_at"?: string;
          "payload"?: NonNullable<Json>;
          "received_at"?: string;
          "refusals"?: number;
          "resolution"?: string | null;
          "resolved_at"?: string | null;
          "source"?: Database["public"]["Enums"]["call_source"];
          "vapi_call"?: Json | null;
          "waits_for"?: string | null;
        };
        Relationships: [];
      };
      "service_requests": {
        Row: {
          "created_at": string;
          "criteria": string | null;
          "id": string;
          "location": string | null;
          "service_needed": string | null;
          "status": Database["public"]["Enums"]["request_status"];
          "title": string | null;
          "updated_at": string;
          "user_id": string | null;
        };
        ComputedFields: never;
        Insert: {
          "created_at"?: string;
          "criteria"?: string | null;
          "id"?: string;
          "location"?: string | null;
          "service_needed"?: string | null;
          "status"?: Database["public"]["Enums"]["request_status"];
          "title"?: string | null;
          "updated_at"?: string;
          "user_id"?: string | null;
        };
        Update: {
          "created_at"?: string;
          "criteria"?: string | null;
          "id"?: string;
          "location"?: string | null;
          "service_needed"?: string | null;
          "status"?: Database["public"]["Enums"]["request_status"];
          "title"?: string | null;
          "updated_at"?: string;
          "user_id"?: string | null;
        };
        Relationships: [];
      };
    };
    Views: {
      "call_health": {
        Row: {
          "compared_until": string | null;
          "expiring": number | null;
          "full_logs": number | null;
          "full_rejections": number | null;
          "incomplete_calls": number | null;
          "last_run": Json | null;
          "last_run_at": string | null;
          "last_saved_from_kestra": string | null;
          "last_saved_from_vapi_api": string | null;
          "last_saved_from_vapi_webhook": string | null;
          "oldest_open_since": string | null;
          "oldest_rejected_at": string | null;
          "open_calls": number | null;
          "open_over_1_hour": number | null;
          "open_over_15_minutes": number | null;
          "overdue_checks": number | null;
          "provisional_calls": number | null;
          "rejected_open": number | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
    };
    Functions: {
      "claim_alerts": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "alert": string;
          "run_id": string;
        }[];
      };
      "claim_discovery": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "changed_since": string;
          "created_before": string;
          "reach_days": number;
        }[];
      };
      "claim_due_call": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "call_id": string;
          "call_status": Database["public"]["Enums"]["call_status"];
          "is_dialled": boolean;
          "last_sign_at": string;
          "provider_id": string;
          "service_request_id": string;
        }[];
      };
      "claim_rejected_call_result": {
        Args: Record<PropertyKey, never>;
        Returns: {
          "id": string;
          "idempotency_key": string;
          "payload": Json;
          "source": Database["public"]["Enums"]["call_source"];
          "vapi_call": Json;
        }[];
      };
      "find_call": {
        Args: { "call_id": string; "provider_id"?: string };
        Returns: {
          "found_provider_id": string;
          "found_service_request_id": string;
          "is_known_call": boolean;
        }[];
      };
      "finish_reconcile_run": {
        Args: {
          "checked": number;
          "discovered": number;
          "gave_up": number;
          "problems": (string)[];
          "recovered": number;
          "replayed": number;
          "started_at": string;
          "still_open": number;
        };
        Returns: number;
      };
      "note_alive": { Args: { "call_id": string; "scheduled_at"?: string }; Returns: undefined };
      "put_off_rejected_call_result": {
        Args: { "code": string; "id": string; "issues": Json; "vapi_call"?: Json };
        Returns: undefined;
      };
      "reject_call_result": {
        Args: {
          "code": string;
          "idempotency_key"?: string;
          "issues": Json;
          "payload": Json;
          "source": Database["public"]["Enums"]["call_source"];
        };
        Returns: string;
      };
      "release_alerts": { Args: { "run_ids": (string)[] }; Returns: undefined };
      "release_discovery": {
        Args: {
          "compared_back_to"?: string;
          "has_failed": boolean;
          "is_complete": boolean;
          "reach_days": number;
        };
        Returns: undefined;
      };
      "save_call_result": {
        Args: {
          "call_id"?: string;
          "call_method"?: string;
          "call_status": Database["public"]["Enums"]["call_status"];
          "cost"?: number;
          "created_at"?: string;
          "duration_minutes"?: number;
          "ended_reason"?: string;
          "error"?: string;
          "evidence"?: Database["public"]["Enums"]["ending_evidence"];
          "idempotency_key"?: string;
          "is_heard"?: boolean;
          "message"?: string;
          "provider_id": string;
          "recording_url"?: string;
          "service_request_id": string;
          "source": Database["public"]["Enums"]["call_source"];
          "started_at"?: string;
          "structured_data"?: Json;
          "success_evaluation"?: string;
          "summary"?: string;
          "transcript"?: string;
          "turns"?: Json;
        };
        Returns: Database["public"]["CompositeTypes"]["saved_call_result"];
        SetofOptions: {
          from: "*";
          to: "saved_call_result";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      "stop_checking": { Args: { "call_id": string }; Returns: undefined };
      "unknown_calls": { Args: { "call_ids": (string)[] }; Returns: string[] };
      "wake_rejected_call_results": { Args: Record<PropertyKey, never>; Returns: undefined };
    };
    Enums: {
      "call_source": "kestra" | "vapi_webhook" | "vapi_api";
      "call_status":
        | "queued"
        | "in_progress"
        | "timeout"
        | "error"
        | "completed"
        | "no_answer"
        | "voicemail"
        | "busy"
        | "canceled"
        | "failed";
      "ending_evidence": "unanswered" | "wordless" | "unheard" | "heard" | "stated";
      "log_status": "info" | "success" | "warning" | "error";
      "request_status": "pending" | "calling" | "completed" | "failed";
      "save_outcome": "applied" | "enriched" | "duplicate" | "superseded";
    };
    CompositeTypes: {
      "saved_call_result": {
        "outcome": Database["public"]["Enums"]["save_outcome"] | null;
        "provider_id": string | null;
        "service_request_id": string | null;
        "call_id": string | null;
        "call_status": Database["public"]["Enums"]["call_status"] | null;
        "request_status": string | null;
      };
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof (
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
      & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
    )
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals } ? (
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    & DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"]
  )[TableName] extends {
    Row: infer R;
  } ? R
  : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R;
    } ? R
    : never
  : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends
    {
      Insert: infer I;
    } ? I
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I;
    } ? I
    : never
  : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends
    {
      Update: infer U;
    } ? U
  : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U;
    } ? U
    : never
  : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  } ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][
    CompositeTypeName
  ]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never;

export const Constants = {
  "public": {
    Enums: {
      "call_source": ["kestra", "vapi_webhook", "vapi_api"],
      "call_status": [
        "queued",
        "in_progress",
        "timeout",
        "error",
        "completed",
        "no_answer",
        "voicemail",
        "busy",
        "canceled",
        "failed",
      ],
      "ending_evidence": ["unanswered", "wordless", "unheard", "heard", "stated"],
      "log_status": ["info", "success", "warning", "error"],
      "request_status": ["pending", "calling", "completed", "failed"],
      "save_outcome": ["applied", "enriched", "duplicate", "superseded"],
    },
  },
} as const;
