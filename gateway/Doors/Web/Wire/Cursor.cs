using System.Buffers.Text;
using System.Globalization;
using System.Text;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Doors.Web.Wire;

/// <summary>
/// A place between two pages, as a client holds it: opaque, with the epoch that its numbers belong to, and what it is a place in.
/// </summary>
/// <param name="Kind">What it is a place in.</param>
/// <param name="First">A number, or a time in ticks.</param>
/// <param name="Second">The other number.</param>
/// <param name="Epoch">The epoch of the numbers.</param>
/// <param name="Of">The conversation; empty for the list of them.</param>
internal sealed record Cursor(char Kind, long First, long Second, string Epoch, string Of)
{
    private const char OfPage = 'p', OfRoom = 'r', OfList = 'l', Separator = '.';
    private const int MaxLength = 300;

    /// <summary>The cursor of a place in a conversation; null for none.</summary>
    public static string? Show(ConversationPlace? place, string epoch, string peer) =>
        place is { } at ? new Cursor(OfPage, at.Received, at.Sent, epoch, peer).ToString() : null;

    /// <summary>The cursor of a number in a room's log; null for none.</summary>
    public static string? Show(long? number, long log, string epoch, string room) =>
        number is { } at ? new Cursor(OfRoom, at, log, epoch, room).ToString() : null;

    /// <summary>The cursor of a place in the list of conversations; null for none.</summary>
    public static string? Show(ListPlace? place, string epoch) =>
        place is { } at ? new Cursor(OfList, at.AcceptedAt.UtcTicks, at.PeerId, epoch, "").ToString() : null;

    /// <summary>Reads the place in a conversation, and its epoch.</summary>
    /// <exception cref="RequestException">It is not a cursor of this conversation.</exception>
    public static (ConversationPlace Place, string Epoch) ReadPage(string text, string peer)
    {
        var cursor = Read(text, OfPage);
        if (cursor.Of != peer) throw RequestException.Bad("The cursor is of another conversation.");
        return (new ConversationPlace(cursor.First, cursor.Second), cursor.Epoch);
    }

    /// <summary>Reads the number in a room's log, and its epoch.</summary>
    /// <exception cref="RequestException">It is not a cursor of this room.</exception>
    public static (long Number, long Log, string Epoch) ReadRoom(string text, string room)
    {
        var cursor = Read(text, OfRoom);
        if (cursor.Of != room) throw RequestException.Bad("The cursor is of another conversation.");
        return (cursor.First, cursor.Second, cursor.Epoch);
    }

    /// <summary>Reads the place in the list of conversations, and its epoch.</summary>
    /// <exception cref="RequestException">It is not a cursor of the list.</exception>
    public static (ListPlace Place, string Epoch) ReadList(string text)
    {
        var cursor = Read(text, OfList);
        if (cursor.First > DateTimeOffset.MaxValue.UtcTicks) throw Wrong();
        return (new ListPlace(new DateTimeOffset(cursor.First, TimeSpan.Zero), cursor.Second), cursor.Epoch);
    }

    /// <inheritdoc/>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{Kind}{Separator}{First}{Separator}{Second}{Separator}{Epoch}{Separator}{Of}")));

    private static Cursor Read(string text, char kind)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text)) throw Wrong();
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Separator, 5);
        return parts.Length == 5 && parts[0] == kind.ToString() && Number(parts[1]) is { } first && Number(parts[2]) is { } second
            && Formats.IsEpoch(parts[3])
            ? new Cursor(kind, first, second, parts[3], parts[4])
            : throw Wrong();
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static RequestException Wrong() => RequestException.Bad("The cursor is not one that this service made.");
}
