using Mono.Cecil;

namespace OrleansChat.Tidy.Tests;

/// <summary>Who knows whom: arrows lead from the doors inwards, and never back.</summary>
public sealed class ArrowTests
{
    /// <summary>Which folders of the gateway a folder of it may know.</summary>
    private static readonly Dictionary<string, string[]> GatewayFolders = new()
    {
        ["Options"] = [],
        ["Transport"] = ["Options"],
        ["Transport.Proxying"] = ["Options", "Transport"],
        ["Transport.Tls"] = ["Options", "Transport"],
        ["Limits"] = ["Options", "Transport"],
        ["Sessions"] = ["Options", "Limits"],
        ["Sessions.Push"] = ["Sessions"],
        ["Doors.Line"] = ["Options", "Transport", "Limits", "Sessions"],
        ["Doors.Web"] =
        [
            "Options", "Transport", "Limits", "Sessions", "Sessions.Push", "Doors.Web.Events", "Doors.Web.Requests", "Doors.Web.Wire",
        ],
        ["Doors.Web.Events"] = ["Sessions", "Sessions.Push", "Doors.Web.Requests", "Doors.Web.Wire"],
        ["Doors.Web.Requests"] = ["Options", "Transport", "Limits", "Sessions", "Doors.Web.Wire"],
        ["Doors.Web.Wire"] = [],
    };

    [Theory]
    [MemberData(nameof(House.RoomNames), MemberType = typeof(House))]
    public void A_room_knows_only_the_rooms_that_it_may(string room)
    {
        var known = House.ProjectOf(room).Descendants("ProjectReference")
            .Select(reference => reference.Attribute("Include")!.Value.Split('/')[^2]).Order(StringComparer.Ordinal);
        Assert.True(
            known.SequenceEqual(House.Rooms[room]),
            $"{room} references {string.Join(", ", known)}; it may know {string.Join(", ", House.Rooms[room])}. "
            + "Put what it needs where both may know it, or change House.Rooms with a reason in docs/internals/architecture.md.");
    }

    [Fact]
    public void Each_project_of_the_product_is_a_room()
    {
        var projects = Directory.GetDirectories(House.PathOf(""))
            .Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0).Select(folder => Path.GetFileName(folder)!);
        Assert.Equal(
            House.Rooms.Keys.Concat(["benchmarks", "verification"]).Order(StringComparer.Ordinal),
            projects.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(House.RoomNames), MemberType = typeof(House))]
    public void Folders_of_a_room_form_no_circle(string room)
    {
        var graph = new FolderGraph(room);
        Assert.True(
            graph.FindCircle() is not { } circle,
            $"The folders of {room} form a circle. Move what both need into one of them, or into a third:\n"
            + $"{string.Join('\n', graph.Describe(graph.FindCircle() ?? []))}");
    }

    [Fact]
    public void Folders_of_the_gateway_know_only_those_that_they_may()
    {
        var graph = new FolderGraph("gateway");
        var wrong = graph.Arrows.Where(arrow => arrow.From.Length > 0 && !GatewayFolders[arrow.From].Contains(arrow.To));
        House.IsTidy(graph.Describe([.. wrong]));
    }

    [Fact]
    public void A_door_calls_no_grain()
    {
        string[] grains =
        [
            "ISessionGrain", "IUserGrain", "IPresenceGrain", "IConversationGrain", "IAccountGrain", "IMemberGrain", "IRoomGrain",
            "IServerGrain", "IInboxPushGrain", "IRoomPushGrain", "IGrainFactory", "IChatGrains",
        ];
        using var assembly = AssemblyDefinition.ReadAssembly(House.AssemblyOf("gateway"));
        var calls = assembly.MainModule.GetTypes()
            .Where(type => References.FolderOf(type, "OrleansChat.Gateway").StartsWith("Doors", StringComparison.Ordinal))
            .SelectMany(type => References.Of(type)
                .Where(used => grains.Contains(used.Name)).Select(used => $"{type.FullName} uses {used.Name}"));
        House.IsTidy(calls.Distinct());
    }
}
