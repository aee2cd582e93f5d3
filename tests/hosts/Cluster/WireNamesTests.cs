using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Serialization.TypeSystem;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Grains.Presence;
using OrleansChat.Grains.Rooms;
using OrleansChat.Grains.Server;
using OrleansChat.Grains.Sessions;
using OrleansChat.Grains.Users;
using OrleansChat.Identifiers;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>What silos and gateways of two versions call things among each other.</summary>
[Collection(ClusterCollection.Name)]
public sealed partial class WireNamesTests(ThreeSilos silos) : IClassFixture<ThreeSilos>
{
    private readonly IServiceProvider _silo = silos.Cluster.ServicesOf(0);

    [Theory]
    [InlineData(typeof(UserGrain), typeof(IUserGrain), "user", "OrleansChat.IUserGrain")]
    [InlineData(typeof(UserGrain), typeof(IConversationGrain), "user", "OrleansChat.IConversationGrain")]
    [InlineData(typeof(UserGrain), typeof(IMemberGrain), "user", "OrleansChat.IMemberGrain")]
    [InlineData(typeof(UserGrain), typeof(IAccountGrain), "user", "OrleansChat.IAccountGrain")]
    [InlineData(typeof(UserGrain), typeof(IInboxPushGrain), "user", "OrleansChat.IInboxPushGrain")]
    [InlineData(typeof(RoomGrain), typeof(IRoomGrain), "room", "OrleansChat.IRoomGrain")]
    [InlineData(typeof(RoomGrain), typeof(IRoomPushGrain), "room", "OrleansChat.IRoomPushGrain")]
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
