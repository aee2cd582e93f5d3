using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansChat.Tidy.Tests;

/// <summary>An event of the log has an id of its own, by which an alert can be made; each room has a range.</summary>
public sealed partial class LogTests
{
    /// <summary>The first id of each room that logs; a range ends where the next begins.</summary>
    private static readonly Dictionary<string, int> Ranges = new()
    {
        ["hosting"] = 1000,
        ["silo"] = 1500,
        ["gateway"] = 2000,
        ["gateway-program"] = 2500,
        ["storage"] = 3000,
        ["grains"] = 4000,
    };

    [Theory]
    [MemberData(nameof(House.RoomNames), MemberType = typeof(House))]
    public void Each_event_has_an_id_of_its_room(string room)
    {
        var first = Ranges.GetValueOrDefault(room, int.MaxValue);
        var end = Ranges.Values.Where(other => other > first).DefaultIfEmpty(int.MaxValue).Min();
        House.IsTidy(Events(room).Where(log => log.Id < first || log.Id >= end)
            .Select(log => $"{log.Path}: '{log.Text}' must begin with an id of {room}: see LogTests.Ranges"));
    }

    [Fact]
    public void No_two_events_have_the_same_id() => House.IsTidy(House.Rooms.Keys.SelectMany(Events)
        .GroupBy(log => log.Id).Where(same => same.Count() > 1)
        .Select(same => $"{string.Join(" and ", same.Select(log => log.Path))} have the id {same.Key}"));

    private static IEnumerable<(string Path, int Id, string Text)> Events(string room) =>
        from path in House.Sources(room)
        from Match log in Attribute().Matches(File.ReadAllText(House.PathOf(path)))
        select (path, int.TryParse(log.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var id) ? id : -1, log.Value);

    [GeneratedRegex(@"\[LoggerMessage\(\s*([^,)]*)")]
    private static partial Regex Attribute();
}
