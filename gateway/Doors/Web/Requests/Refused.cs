using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.Gateway.Sessions;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>The client has gone, and nobody takes an answer.</summary>
internal sealed class ClientGoneException : Exception;

/// <summary>Says why the service refused.</summary>
internal static class Refused
{
    private const int RetryAfter = 2;

    /// <summary>The error for a refusal.</summary>
    /// <param name="refusal">The refusal.</param>
    /// <param name="id">The id of the message that was sent, if one was.</param>
    public static Exception Because(Refusal refusal, Guid? id = null) => refusal switch
    {
        Refusal.NoSession => new RequestException(ProblemCode.NoSession),
        // One answer, so that nobody learns who has an account.
        Refusal.NoSuchUser or Refusal.WrongPassword => new RequestException(ProblemCode.WrongPassword),
        Refusal.NoRecipient => new RequestException(ProblemCode.NoRecipient),
        Refusal.NotFound => new RequestException(ProblemCode.NotFound),
        Refusal.OtherEpoch => new RequestException(
            ProblemCode.Epoch, "The numbers are of another incarnation of the database: forget what you hold, and begin with the list."),
        Refusal.Forbidden => new RequestException(
            ProblemCode.Forbidden, "Your role in the room does not allow this, or you are banned from it."),
        Refusal.NameTaken => new RequestException(ProblemCode.Exists, "A room has this name, or had it less than 12 minutes ago."),
        Refusal.NoSuchMember => RequestException.NotFound("There is no such user."),
        Refusal.NotAMember => RequestException.NotFound("The user is not a member of the room."),
        Refusal.RoomFull => new RequestException(ProblemCode.Forbidden, "The room has as many members as it may."),
        Refusal.TooManyRooms => new RequestException(ProblemCode.Forbidden, "The user is in as many rooms as they may."),
        Refusal.LastOwner => new RequestException(
            ProblemCode.Forbidden, "The last owner cannot step down while nobody could follow: add a member, or delete the room."),
        Refusal.HasLeft => new RequestException(
            ProblemCode.Forbidden, "The user has left the room, and comes back by themselves: send them an invitation."),
        Refusal.BadRoomName => RequestException.Bad(
            "A room's name has 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins with a letter or digit."),
        Refusal.BadTitle => RequestException.Bad(
            "'title' is not a valid title: it has something to see, no control characters, and at most 128 bytes."),
        Refusal.NoSuchRole or Refusal.Malformed => RequestException.Bad("Something that this change needs is missing, or is not valid."),
        Refusal.IdUsed => new RequestException(ProblemCode.KeyReused),
        Refusal.MailboxFull => new RequestException(ProblemCode.MailboxFull),
        Refusal.BadDisplayName => RequestException.Bad(
            "A display name has something to see, at most 128 bytes, no white space around it, no control characters, and ends each "
            + "change of direction that it begins."),
        Refusal.BadPassword => RequestException.Bad(
            "The new password is too short, longer than 256 bytes, or has white space or U+FFFD in it."),
        Refusal.BadUserName => RequestException.Bad(
            "A user name has 1 to 32 of a-z 0-9 . _ - and begins with a letter or digit, but not with 'removed-'."),
        Refusal.BadInvitation => RequestException.Bad("An invitation is for 1 to 100 users, and expires within 30 days."),
        Refusal.UserNameTaken => new RequestException(ProblemCode.Exists, "There is, or was, a user of this name: choose another."),
        Refusal.RegistrationClosed => new RequestException(ProblemCode.Forbidden, "Registration is closed: ask the operator."),
        Refusal.NoInvitation => new RequestException(
            ProblemCode.Forbidden, "An invitation is needed, and this one does not exist, has expired, was used up, or is not for you."),
        Refusal.TooMany => new RequestException(ProblemCode.TooMany),
        Refusal.Overloaded => new RequestException(ProblemCode.Overloaded) { RetryAfter = RetryAfter },
        Refusal.ClientGone => new ClientGoneException(),
        _ => new RequestException(
            ProblemCode.Unavailable, "It is unknown whether it was done: ask again; repeat a message under the same Idempotency-Key.")
        {
            Id = id,
            RetryAfter = RetryAfter,
        },
    };
}
