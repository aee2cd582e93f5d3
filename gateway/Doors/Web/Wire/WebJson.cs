using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OrleansChat.Gateway.Doors.Web.Wire;

/// <summary>How bodies are read and written, as code that the compiler makes.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, MaxDepth = StrictJson.MaxDepth, NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(LogInBody))]
[JsonSerializable(typeof(SendBody))]
[JsonSerializable(typeof(ReceivedBody))]
[JsonSerializable(typeof(ReadBody))]
[JsonSerializable(typeof(MuteBody))]
[JsonSerializable(typeof(SessionBody))]
[JsonSerializable(typeof(SessionsBody))]
[JsonSerializable(typeof(RenameBody))]
[JsonSerializable(typeof(PasswordBody))]
[JsonSerializable(typeof(RemoveAccountBody))]
[JsonSerializable(typeof(UsersBody))]
[JsonSerializable(typeof(RegisterBody))]
[JsonSerializable(typeof(InviteBody))]
[JsonSerializable(typeof(RedeemBody))]
[JsonSerializable(typeof(RedeemedBody))]
[JsonSerializable(typeof(ResetBody))]
[JsonSerializable(typeof(InvitationBody))]
[JsonSerializable(typeof(AccountBody))]
[JsonSerializable(typeof(SentBody))]
[JsonSerializable(typeof(PositionBody))]
[JsonSerializable(typeof(PageBody))]
[JsonSerializable(typeof(LogBody))]
[JsonSerializable(typeof(ReceivedAnswer))]
[JsonSerializable(typeof(ConversationBody))]
[JsonSerializable(typeof(ConversationsBody))]
[JsonSerializable(typeof(MarkerBody))]
[JsonSerializable(typeof(BlocksBody))]
[JsonSerializable(typeof(NewRoomBody))]
[JsonSerializable(typeof(RoomChangeBody))]
[JsonSerializable(typeof(RoleBody))]
[JsonSerializable(typeof(RoomBody))]
[JsonSerializable(typeof(RoomsBody))]
[JsonSerializable(typeof(MembersBody))]
[JsonSerializable(typeof(PresenceBody))]
[JsonSerializable(typeof(ServerBody))]
[JsonSerializable(typeof(EventsBody))]
[JsonSerializable(typeof(HelloBody))]
[JsonSerializable(typeof(EntryBody))]
[JsonSerializable(typeof(SentEventBody))]
[JsonSerializable(typeof(ReadEventBody))]
[JsonSerializable(typeof(RoomsEventBody))]
[JsonSerializable(typeof(AccountEventBody))]
[JsonSerializable(typeof(ResetEventBody))]
[JsonSerializable(typeof(DrainBody))]
[JsonSerializable(typeof(UserPresenceBody))]
internal sealed partial class WebJson : JsonSerializerContext;

/// <summary>The same, with texts as they are: no browser takes this type of content for a page.</summary>
internal static class WebTypes
{
    private static readonly WebJson Plain = new(new JsonSerializerOptions(WebJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>How a type is read and written.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Plain.GetTypeInfo(typeof(T))!;
}
