<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>Repair shops</h1>
<table>
<c:forEach var="s" items="${shops}"><tr><td>${s.shopCode}</td><td><c:out value="${s.shopName}"/></td><td>${s.city}</td><td>${s.rateCode}</td></tr></c:forEach>
</table>
<form method="post" action="<%= ctx %>/repair">City <input name="city"> <button name="what" value="import">Read from the network</button></form>
<%@ include file="foot.jsp" %>
