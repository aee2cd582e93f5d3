namespace OrleansChat.Gateway.Doors.Web.Wire;

// What owners of accounts send.

/// <summary>Sets the display name.</summary>
internal sealed record RenameBody(string Name);

/// <summary>Sets a new password.</summary>
internal sealed record PasswordBody(string Old, string New)
{
    /// <summary>Says nothing of the passwords, wherever this may be logged.</summary>
    public override string ToString() => nameof(PasswordBody);
}

/// <summary>Removes the account.</summary>
internal sealed record RemoveAccountBody(string Password)
{
    /// <summary>Says nothing of the password, wherever this may be logged.</summary>
    public override string ToString() => nameof(RemoveAccountBody);
}

/// <summary>Makes an account.</summary>
internal sealed record RegisterBody(
    string User, string Name, string Password, string? Invitation = null, string? Device = null, bool Cookie = false)
{
    /// <summary>Says nothing of the password, wherever this may be logged.</summary>
    public override string ToString() => nameof(RegisterBody);
}

/// <summary>Sets a new password with a code.</summary>
internal sealed record ResetBody(string User, string Code, string New)
{
    /// <summary>Says nothing of the code or the password, wherever this may be logged.</summary>
    public override string ToString() => nameof(ResetBody);
}

/// <summary>Invites.</summary>
/// <param name="Uses">How many may use the invitation.</param>
/// <param name="Expires">When it expires; absent for 7 days from now.</param>
/// <param name="Room">The room that it is into; absent for none.</param>
internal sealed record InviteBody(int Uses = 1, string? Expires = null, string? Room = null);

/// <summary>Redeems an invitation into a room.</summary>
internal sealed record RedeemBody(string Invitation)
{
    /// <summary>Says nothing of the code, wherever this may be logged.</summary>
    public override string ToString() => nameof(RedeemBody);
}

// What they get.

/// <summary>An invitation.</summary>
/// <param name="Invitation">Its code, which is shown once.</param>
/// <param name="Uses">How many may use it.</param>
/// <param name="Expires">When it expires.</param>
/// <param name="Room">The room that it is into; absent for none.</param>
internal sealed record InvitationBody(string Invitation, int Uses, string Expires, string? Room = null)
{
    /// <summary>Says nothing of the code, wherever this may be logged.</summary>
    public override string ToString() => nameof(InvitationBody);
}

/// <summary>The room that somebody has joined by an invitation.</summary>
/// <param name="Room">Its name.</param>
/// <param name="Log">Its log.</param>
/// <param name="Number">The number of the entry with which they joined.</param>
internal sealed record RedeemedBody(string Room, string Log, long Number);

/// <summary>Users whose names begin as asked.</summary>
internal sealed record UsersBody(UserBody[] Users);

/// <summary>A user, with the display name.</summary>
internal sealed record UserBody(string User, string Name);

/// <summary>The user's sessions, the one that asks first.</summary>
internal sealed record SessionsBody(OwnSessionBody[] Sessions);

/// <summary>A session of the user.</summary>
/// <param name="Id">Names it; opens nothing.</param>
/// <param name="Current">Whether it is the one that asks.</param>
/// <param name="Device">What its client calls its device.</param>
/// <param name="Door">The protocol that it was opened through: <c>text</c> or <c>http</c>.</param>
/// <param name="Address">The address that it was opened from: in IPv6 a network of 64 bits.</param>
/// <param name="Since">When it was opened.</param>
/// <param name="LastUsed">Its last use, within an hour.</param>
internal sealed record OwnSessionBody(
    string Id, bool Current, string? Device, string? Door, string? Address, string? Since, string LastUsed);
