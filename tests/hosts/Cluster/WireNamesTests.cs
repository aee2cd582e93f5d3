using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Serialization.TypeSystem;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains.Presence;
using OrleansChat.Grains.Server;
using OrleansChat.Grains.Sessions;
using OrleansChat.Grains.Users;
using OrleansChat.Identifiers;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>What silos and gateways of two versions call things among each other.</summary>
[Collection(ClusterCollection.Name)]
public sealed partial class WireNamesTests(ThreeSilos silos) : IClassFixture<ThreeSilos>
{
    // What is sent, and its members by their numbers. One may come, which the version before leaves out; nothing else may change.
    private const string Members =
        """
        OrleansChat.AppendReply
            0 Status SendStatus
            1 Places EntryPlace[]
            2 Durability String
        OrleansChat.Conversation
            0 Peer String
            1 PeerName String
            2 LogId Int64
            3 Last LogEntry
            4 Unread Int32
            5 UnreadAt Int64
            6 Read Int64
            7 IsMuted Boolean
        OrleansChat.ConversationList
            0 Epoch String
            1 LogId Int64
            2 End Int64
            3 Conversations Conversation[]
            4 Older Nullable<ListPlace>
        OrleansChat.ConversationPage
            0 Epoch String
            1 Entries LogEntry[]
            2 Older Nullable<ConversationPlace>
            3 Newer Nullable<ConversationPlace>
        OrleansChat.ConversationPlace
            0 Received Int64
            1 Sent Int64
        OrleansChat.ConversationReply`1
            0 Status ConversationStatus
            1 Value T
        OrleansChat.EntryPlace
            0 LogId Int64
            1 Number Int64
            2 AcceptedAt DateTimeOffset
        OrleansChat.HeldSession
            0 SessionKey String
            1 User String
            2 Since DateTimeOffset
            3 LoggedIn Boolean
            4 AcceptedAt Nullable<DateTimeOffset>
            5 UseNumber Int64
        OrleansChat.InboxMessage
            0 Number Int64
            1 Sender String
            2 SenderName String
            3 Text Byte[]
        OrleansChat.InboxPage
            0 OwnerName String
            1 AccountId Int64
            2 Messages InboxMessage[]
            3 Through Int64
        OrleansChat.ListPlace
            0 AcceptedAt DateTimeOffset
            1 PeerId Int64
        OrleansChat.ListUsersReply
            0 Session SessionUse
            1 Users String[]
        OrleansChat.LogEntry
            0 Id Guid
            1 LogId Int64
            2 Number Int64
            3 Kind EntryKind
            4 Target Nullable<Int64>
            5 Sender String
            6 SenderName String
            7 AcceptedAt DateTimeOffset
            8 Text Byte[]
        OrleansChat.LogPart
            0 Entries LogEntry[]
            1 Last Int64
            2 First Nullable<Int64>
        OrleansChat.MailboxDelivery
            0 SessionKey String
            1 Messages OutgoingMessage[]
            3 SenderId Int64
            4 Fingerprint Byte[]
        OrleansChat.OnlineUsers
            0 Names String[]
        OrleansChat.OutgoingMessage
            0 Id Guid
            1 Recipient String
            2 Text Byte[]
            3 OnceId String
        OrleansChat.OwnAccount
            0 User String
            1 Name String
            2 LogId Int64
            3 Epoch String
            4 Last Int64
            5 Received Int64
        OrleansChat.PageRequest
            0 Peer String
            1 Kind PageKind
            2 Place ConversationPlace
            3 Epoch String
            4 Limit Int32
        OrleansChat.PasswordCheck
            0 Status LogInStatus
            1 AccountId Int64
            2 SecurityStamp Guid
        OrleansChat.Position
            0 LogId Int64
            1 Number Int64
        OrleansChat.PresenceAnswer
            0 Epoch Guid
            1 ReportAll Boolean
            2 Forget PresenceNotice[]
        OrleansChat.PresenceNotice
            0 Number Int64
            1 SessionKey String
            2 Ended Boolean
            3 UseNumber Int64
        OrleansChat.PresenceReport
            0 Gateway String
            1 Epoch Guid
            2 IsAll Boolean
            3 Held HeldSession[]
            4 Dropped String[]
            5 NoticesSeen Int64
            6 Number Int64
        OrleansChat.ReadInboxReply
            0 Session SessionUse
            1 Page InboxPage
        OrleansChat.Secret
            0 Value String
        OrleansChat.SendLoan
            0 Lent Int32
            1 Left Int32
        OrleansChat.SendOnceReply
            0 Session SessionUse
            1 Status SendStatus
            2 MessageId Guid
            3 Durability String
            4 Place Nullable<EntryPlace>
            5 IsRace Boolean
        OrleansChat.SessionLease
            0 Use SessionUse
            1 Sends Int32
            2 SendsPerSecond Int32
            3 AccountId Int64
            4 Left Int32
        OrleansChat.SessionUse
            0 User String
            1 Moved Boolean
            2 Number Int64
        """;

    private readonly IServiceProvider _silo = silos.Cluster.ServicesOf(0);

    [Theory]
    [InlineData(typeof(UserGrain), typeof(IUserGrain), "user", "OrleansChat.IUserGrain")]
    [InlineData(typeof(UserGrain), typeof(IConversationGrain), "user", "OrleansChat.IConversationGrain")]
    [InlineData(typeof(SessionGrain), typeof(ISessionGrain), "session", "OrleansChat.ISessionGrain")]
    [InlineData(typeof(PresenceGrain), typeof(IPresenceGrain), "presence", "OrleansChat.IPresenceGrain")]
    [InlineData(typeof(ServerGrain), typeof(IServerGrain), "server", "OrleansChat.IServerGrain")]
    public void Grains_and_their_interfaces_are_called_as_they_always_were(
        Type grain, Type contract, string grainType, string interfaceType)
    {
        var reference = (GrainReference)_silo.GetRequiredService<IGrainFactory>().GetGrain(contract, GrainKeys.Presence);
        Assert.Equal((grainType, interfaceType), (reference.GrainId.Type.ToString(), reference.InterfaceType.ToString()));

        // What Orleans called the class before its name was said, which versions of before go by.
        var byConvention = new GrainTypeResolver([], _silo.GetRequiredService<TypeConverter>());
        Assert.Equal(grainType, byConvention.GetGrainType(grain).ToString());
    }

    [Fact]
    public void Whatever_is_sent_has_a_name_and_numbered_members_that_stay()
    {
        var types = from type in typeof(IUserGrain).Assembly.GetTypes()
                    where type.GetCustomAttribute<GenerateSerializerAttribute>() is not null
                    let name = type.GetCustomAttribute<AliasAttribute>()!.Alias
                    orderby name
                    select (name, MembersOf(type));

        Assert.Equal(Members, Show(types));
    }

    [Fact]
    public void Enumerations_keep_their_names_and_values()
    {
        var types = from type in typeof(IUserGrain).Assembly.GetExportedTypes()
                    where type.IsEnum
                    orderby type.FullName
                    select (type.FullName!, Enum.GetValues(type).Cast<Enum>().Select(value => $"{value:D} {value}"));

        Assert.Equal(Values, Show(types));
    }

    private static IEnumerable<string> MembersOf(Type type) =>
        from member in type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        let id = member.GetCustomAttribute<IdAttribute>()
        where id is not null
        orderby id.Id
        select $"{id.Id} {member.Name} {NameOf(member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType)}";

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GenericTypeArguments.Select(NameOf))}>"
        : type.Name;

    private static string Show(IEnumerable<(string Type, IEnumerable<string> Members)> types) =>
        string.Join('\n', types.SelectMany(type => type.Members.Select(member => $"    {member}").Prepend(type.Type)));
}
