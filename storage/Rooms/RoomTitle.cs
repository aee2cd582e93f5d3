using OrleansChat.Storage.Accounts;

namespace OrleansChat.Storage.Rooms;

/// <summary>Titles of rooms: they obey the rules of display names.</summary>
public static class RoomTitle
{
    /// <summary>Whether a text is a valid title.</summary>
    public static bool IsValid(string title) => DisplayName.IsValid(title);
}
